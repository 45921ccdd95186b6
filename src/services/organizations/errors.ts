import { AwsError } from '../../wire/aws-error.ts'

/**
 * What Organizations answers. Sentences without a mark were seen from AWS (users' logs, or recorded by other
 * implementations' tests against it); the others are inferred from the API reference.
 */
const refusal = (code: string, message: string, reason?: string) =>
  new AwsError(code, message, 400, reason === undefined ? {} : { Reason: reason })

/** The caller's account may not do it, whatever its policies say. */
export const notForThisAccount = () =>
  refusal('AccessDeniedException', "You don't have permissions to access this resource.")

export const notInUse = () =>
  refusal('AWSOrganizationsNotInUseException', 'Your account is not a member of an organization.')

export const alreadyInOrganization = () =>
  refusal('AlreadyInOrganizationException', 'The provided account is already a member of an organization.')

export const organizationNotEmpty = () =>
  refusal(
    'OrganizationNotEmptyException',
    'To delete an organization you must first remove all member accounts (except the master).',
  )

export const accountNotFound = () => refusal('AccountNotFoundException', "You specified an account that doesn't exist.")

export const accountAlreadyClosed = () =>
  refusal('AccountAlreadyClosedException', 'The provided account is already closed.')

// inferred
export const creationNotFound = () =>
  refusal(
    'CreateAccountStatusNotFoundException',
    "We can't find an create account request with the CreateAccountRequestId that you specified.",
  )

export const rootNotFound = () => refusal('RootNotFoundException', "You specified a root that doesn't exist.")

export const unitNotFound = () =>
  refusal('OrganizationalUnitNotFoundException', "You specified an organizational unit that doesn't exist.")

export const duplicateUnit = () =>
  refusal('DuplicateOrganizationalUnitException', 'An OU with the same name already exists.')

// inferred
export const unitNotEmpty = () =>
  refusal(
    'OrganizationalUnitNotEmptyException',
    'The specified OU is not empty. Move all accounts to another root or to other OUs, remove all child OUs, and try the operation again.',
  )

export const parentNotFound = () => refusal('ParentNotFoundException', "You specified parent that doesn't exist.")

// inferred
export const sourceParentNotFound = () =>
  refusal('SourceParentNotFoundException', "We can't find a source root or OU with the ParentId that you specified.")

// inferred
export const destinationParentNotFound = () =>
  refusal(
    'DestinationParentNotFoundException',
    "We can't find the destination container (a root or OU) with the ParentId that you specified.",
  )

// inferred
export const duplicateAccount = () =>
  refusal('DuplicateAccountException', 'That account is already present in the specified destination.')

// inferred
export const childNotFound = () =>
  refusal(
    'ChildNotFoundException',
    "We can't find an organizational unit (OU) or Amazon Web Services account with the ChildId that you specified.",
  )

export const targetNotFound = () => refusal('TargetNotFoundException', "You specified a target that doesn't exist.")

export const policyNotFound = () => refusal('PolicyNotFoundException', "You specified a policy that doesn't exist.")

export const duplicatePolicy = () =>
  refusal('DuplicatePolicyException', 'A policy with the specified name and type already exists.')

// inferred
export const policyInUse = () =>
  refusal(
    'PolicyInUseException',
    'The policy is attached to one or more entities. You must detach it from all roots, OUs, and accounts before performing this operation.',
  )

// inferred
export const policyNotAttached = () =>
  refusal('PolicyNotAttachedException', "The policy isn't attached to the specified target in the specified root.")

// inferred
export const duplicateAttachment = () =>
  refusal('DuplicatePolicyAttachmentException', 'The selected policy is already attached to the specified target.')

export const malformedPolicy = () =>
  refusal(
    'MalformedPolicyDocumentException',
    'The provided policy document does not meet the requirements of the specified policy type.',
  )

export const policyTypeNotEnabled = () =>
  refusal('PolicyTypeNotEnabledException', 'This operation can be performed only for enabled policy types.')

export const policyTypeAlreadyEnabled = () =>
  refusal('PolicyTypeAlreadyEnabledException', 'The specified policy type is already enabled.')

// inferred
export const policyTypeNotAvailable = () =>
  refusal(
    'PolicyTypeNotAvailableForOrganizationException',
    "You can't use the specified policy type with the feature set currently enabled for your organization.",
  )

export const effectivePolicyNotFound = () =>
  refusal(
    'EffectivePolicyNotFoundException',
    'The specified policy type is not enabled. Enable that policy type on your organization root and then retry.',
  )

export const alreadyRegistered = () =>
  refusal(
    'AccountAlreadyRegisteredException',
    'The provided account is already a delegated administrator for your organization.',
  )

export const notRegistered = () =>
  refusal(
    'AccountNotRegisteredException',
    'The provided account is not a registered delegated administrator for your organization.',
  )

// inferred
export const masterCannotLeave = () =>
  refusal(
    'MasterCannotLeaveOrganizationException',
    "You can't remove a management account from an organization. If you want the management account to become a member account in another organization, you must first delete the current organization.",
  )

// inferred
export const resourcePolicyNotFound = () =>
  refusal(
    'ResourcePolicyNotFoundException',
    "We can't find a resource policy request with the parameter that you specified.",
  )

// inferred
export const handshakeNotFound = () =>
  refusal('HandshakeNotFoundException', "We can't find a handshake with the HandshakeId that you specified.")

// inferred
export const handshakeAlreadyInState = () =>
  refusal('HandshakeAlreadyInStateException', 'The specified handshake is already in the requested state.')

// inferred
export const handshakeTransition = () =>
  refusal(
    'InvalidHandshakeTransitionException',
    "You can't perform the operation on the handshake in its current state.",
  )

// inferred
export const duplicateHandshake = () =>
  refusal('DuplicateHandshakeException', 'A handshake with the same action and target already exists.')

// inferred
export const handshakeConstraint = (reason: string, message: string) =>
  refusal('HandshakeConstraintViolationException', message, reason)

export const invalidInput = (reason: string, message: string) => refusal('InvalidInputException', message, reason)

export const constraint = (reason: string, message: string) => refusal('ConstraintViolationException', message, reason)

// inferred
export const needsAllFeatures = () =>
  constraint(
    'ORGANIZATION_NOT_IN_ALL_FEATURES_MODE',
    'You attempted to perform an operation that requires an organization to be configured to support all features.',
  )
