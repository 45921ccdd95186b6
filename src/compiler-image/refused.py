class Refused(Exception):
    """What the user is to be told, as in FailureReason after `ClientError: `."""
