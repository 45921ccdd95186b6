/**
 * Every finding: its code, how grave it is, and its sentence, in which `{name}` stands for a value and `[…]` for a part
 * that is left out where its value is unknown.
 *
 * `aws`: code, type and words are IAM Access Analyzer's (IAM User Guide, "IAM policy validation check reference").
 * `own`: a check of ours, named in its manner.
 */

export type Severity = 'ERROR' | 'SECURITY_WARNING' | 'WARNING' | 'SUGGESTION'

export const aws = {
  // The document
  JSON_SYNTAX_ERROR: ['ERROR', 'Fix the JSON syntax error at index {index} line {line} column {column}.'],
  DATA_TYPE_MISMATCH: ['ERROR', 'The text does not match the expected JSON data type {type}.'],
  INVALID_POLICY_ELEMENT: ['ERROR', 'The policy element {element} is not valid.'],
  INVALID_VERSION: ['ERROR', 'The version {version} is not valid. Use one of the following versions: {versions}'],
  MISSING_STATEMENT: ['ERROR', 'Add a statement to the policy'],
  MISSING_EFFECT: ['ERROR', 'Add an Effect element to the policy statement with a value of Allow or Deny.'],
  INVALID_EFFECT: ['ERROR', 'The effect {effect} is not valid. Use Allow or Deny.'],
  MISSING_ACTION: ['ERROR', 'Add an Action or NotAction element to the policy statement.'],
  MISSING_RESOURCE: ['ERROR', 'Add a Resource or NotResource element to the policy statement.'],
  MISSING_PRINCIPAL: ['ERROR', 'Add a Principal element to the policy statement.'],
  UNSUPPORTED_ELEMENT_COMBINATION: [
    'ERROR',
    'The policy elements {one} and {other} can not be used in the same statement. Remove one of these elements.',
  ],
  UNSUPPORTED_SID: [
    'ERROR',
    'Update the characters in the Sid element to use one of the following character types: [a-z, A-Z, 0-9]',
  ],
  UNIQUE_SIDS_REQUIRED: [
    'ERROR',
    'Duplicate statement IDs are not supported for this policy type. Update the Sid value.',
  ],
  UNIQUE_SIDS_RECOMMENDED: [
    'WARNING',
    'We recommend that you use statement IDs that are unique to your policy. Update the Sid value.',
  ],
  EMPTY_SID_VALUE: ['SUGGESTION', 'Add a value to the empty string in the Sid element.'],
  MISSING_VERSION: [
    'WARNING',
    'We recommend that you specify the Version element to help you with debugging permission issues.',
  ],
  REDUNDANT_STATEMENT: [
    'SUGGESTION',
    'The statements are redundant because they provide identical permissions. Update the policy to remove the redundant statement.',
  ],
  POLICY_SIZE_EXCEEDS_IDENTITY_POLICY_QUOTA: [
    'WARNING',
    'The {size} characters in the identity policy, excluding whitespace, exceed the {quota} character maximum for inline and managed policies. We recommend that you use multiple granular policies.',
  ],
  POLICY_SIZE_EXCEEDS_RESOURCE_POLICY_QUOTA: [
    'WARNING',
    'The {size} characters in the resource policy exceed the {quota} character maximum for resource policies. We recommend that you use multiple granular policies.',
  ],
  POLICY_SIZE_EXCEEDS_ROLE_TRUST_POLICY_QUOTA: [
    'WARNING',
    'The characters in the role trust policy, excluding whitespace, exceed the character maximum. We recommend that you request a role trust policy length quota increase using Service Quotas and AWS Support Center. If the quotas have already been increased, then you can ignore this warning.',
  ],
  POLICY_SIZE_EXCEEDS_SCP_QUOTA: [
    'ERROR',
    'The {size} characters in the service control policy (SCP) exceed the {quota} character maximum for SCPs. We recommend that you use multiple granular policies.',
  ],
  POLICY_SIZE_EXCEEDS_RCP_QUOTA: [
    'ERROR',
    'The {size} characters in the resource control policy (RCP) exceed the {quota} character maximum for RCPs. We recommend that you use multiple granular policies.',
  ],

  // Actions
  INVALID_ACTION: ['ERROR', 'The action {action} does not exist.[ Did you mean {nearest}?]'],
  INVALID_SERVICE_IN_ACTION: [
    'ERROR',
    'The service {service} specified in the action does not exist.[ Did you mean {nearest}?]',
  ],
  WILDCARD_IN_SERVICE_NAME: [
    'SUGGESTION',
    'Avoid using wildcards (*, ?) in the service name because it might grant unintended access to other AWS services with similar names.',
  ],
  REDUNDANT_ACTION: [
    'SUGGESTION',
    'The {count} action(s) are redundant because they provide similar permissions. Update the policy to remove the redundant action such as: {action}.',
  ],
  EMPTY_ARRAY_ACTION: [
    'SUGGESTION',
    'This statement includes no actions and does not affect the policy. Specify actions.',
  ],

  // Resources
  INVALID_ARN_PREFIX: ['ERROR', 'Add the required prefix (arn) to the resource ARN.'],
  MISSING_ARN_FIELD: [
    'ERROR',
    'Resource ARNs must include at least {fields} fields in the following structure: arn:partition:service:region:account:resource',
  ],
  INVALID_PARTITION: [
    'ERROR',
    'The resource ARN for the service {service} does not support the partition {partition}. Use the supported values: {partitions}',
  ],
  INVALID_ARN_SERVICE_CASE: [
    'ERROR',
    'Update the service name {service} in the resource ARN to use all lowercase letters.',
  ],
  INVALID_SERVICE: ['ERROR', 'The service {service} does not exist. Use a valid service name.'],
  INVALID_ARN_REGION: [
    'ERROR',
    'The Region {region} is not valid for this resource. Update the resource ARN to include a supported Region.',
  ],
  MISSING_ARN_REGION: ['ERROR', 'Add a Region to the {service} resource ARN.'],
  ARN_REGION_NOT_ALLOWED: ['ERROR', 'The service {service} does not support specifying a Region in the resource ARN.'],
  INVALID_ARN_ACCOUNT: ['ERROR', 'The resource ARN account ID {account} is not valid. Provide a 12-digit account ID.'],
  MISSING_ARN_ACCOUNT: [
    'ERROR',
    'The resource {resource} in the arn is missing an account id. Please provide a 12 digit account id.',
  ],
  ARN_ACCOUNT_NOT_ALLOWED: [
    'ERROR',
    'The service {service} does not support specifying an account ID in the resource ARN.',
  ],
  INVALID_ARN_RESOURCE: [
    'ERROR',
    'Resource ARN does not match the expected ARN format. Update the resource portion of the ARN.',
  ],
  REDUNDANT_RESOURCE: [
    'SUGGESTION',
    'The {count} resource ARN(s) are redundant because they reference the same resource. Review the use of wildcards (*)',
  ],
  EMPTY_ARRAY_RESOURCE: [
    'SUGGESTION',
    'This statement includes no resources and does not affect the policy. Specify resources.',
  ],

  // Principals
  UNSUPPORTED_PRINCIPAL: [
    'ERROR',
    'The policy type {type} does not support the Principal element. Remove the Principal element.',
  ],
  INVALID_PRINCIPAL_FORMAT: [
    'ERROR',
    'The Principal element contents are not valid. Specify a key-value pair in the Principal element.',
  ],
  INVALID_PRINCIPAL_KEY: ['ERROR', 'The principal key {key} is not valid.'],
  UNSUPPORTED_WILDCARD_IN_PRINCIPAL: [
    'ERROR',
    'Wildcards (*, ?) are not supported with the principal key {key}. Replace the wildcard with a valid principal value.',
  ],
  INVALID_SERVICE_PRINCIPAL_FORMAT: [
    'ERROR',
    'The service principal does not match the expected format. Use the format {format}.',
  ],
  FEDERATED_PRINCIPAL_NOT_SUPPORTED: [
    'ERROR',
    'The policy type does not support a federated identity provider in the principal element. Use a supported principal.',
  ],
  UNSUPPORTED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL: [
    'ERROR',
    'The following condition keys are not supported when used with the service principal: {keys}.',
  ],
  INVALID_ROLE_REFERENCE: [
    'WARNING',
    'The Principal element includes the IAM role ID {id}. We recommend that you use a role ARN instead.',
  ],
  INVALID_USER_REFERENCE: [
    'WARNING',
    'The Principal element includes the IAM user ID {id}. We recommend that you use a user ARN instead.',
  ],
  ALLOW_WITH_NOT_PRINCIPAL: [
    'SECURITY_WARNING',
    'Using Allow with NotPrincipal can be overly permissive. We recommend that you use Principal instead.',
  ],
  RESTRICT_ACCESS_TO_SERVICE_PRINCIPAL: [
    'SECURITY_WARNING',
    'Granting access to a service principal without specifying a source is overly permissive. Use aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths condition key to grant fine-grained access.',
  ],
  RECOMMENDED_CONDITION_KEY_FOR_SERVICE_PRINCIPAL: [
    'SUGGESTION',
    'To restrict access to the service principal {service} operating on your behalf, we recommend aws:SourceArn, aws:SourceAccount, aws:SourceOrgID, or aws:SourceOrgPaths instead of {key}.',
  ],
  EMPTY_ARRAY_PRINCIPAL: [
    'SUGGESTION',
    'This statement includes no principals and does not affect the policy. Specify principals.',
  ],
  EMPTY_OBJECT_PRINCIPAL: [
    'SUGGESTION',
    'This statement includes no principals and does not affect the policy. Specify principals.',
  ],

  // Role trust policies
  ROLE_TRUST_POLICY_SYNTAX_ERROR_NOTPRINCIPAL: [
    'ERROR',
    'Role trust policies do not support NotPrincipal. Update the policy to use a Principal element instead.',
  ],
  ROLE_TRUST_POLICY_SYNTAX_ERROR_RESOURCE: [
    'ERROR',
    'Role trust policies apply to the role that they are attached to. You cannot specify a resource. Remove the Resource or NotResource element.',
  ],
  ROLE_TRUST_POLICY_UNSUPPORTED_WILDCARD_IN_PRINCIPAL: [
    'ERROR',
    '"Principal:" "*" is not supported in the principal element of a role trust policy. Replace the wildcard with a valid principal value.',
  ],
  INVALID_FEDERATED_PRINCIPAL_SYNTAX_IN_ROLE_TRUST_POLICY: [
    'ERROR',
    'The principal value specifies a federated principal that does not match the expected format. Update the federated principal to a domain name or a SAML metadata ARN.',
  ],
  MISMATCHED_ACTION_FOR_PRINCIPAL: [
    'ERROR',
    'The {action} action is invalid with the following principal(s): {principals}. Use a SAML provider principal with the sts:AssumeRoleWithSAML action or use an OIDC provider principal with the sts:AssumeRoleWithWebIdentity action. Ensure the provider is Federated if you use either of the two options.',
  ],
  MISSING_ACTION_FOR_CONDITION_KEY: [
    'ERROR',
    'The {action} action must be in the action block to allow setting values for the condition key {key}. Add {action} to the action block.',
  ],
  MISSING_ACTION_FOR_ROLES_ANYWHERE_TRUST_POLICY: [
    'ERROR',
    'The rolesanywhere.amazonaws.com service principal requires the sts:AssumeRole, sts:SetSourceIdentity, and sts:TagSession permissions to assume a role. Add the missing permissions to the policy.',
  ],
  MISSING_CONDITION_KEY_FOR_OIDC_PRINCIPAL: [
    'SECURITY_WARNING',
    'Using an Open ID Connect principal without a condition can be overly permissive. Add condition keys with a prefix that matches your federated OIDC principals to ensure that only the intended identity provider assumes the role.',
  ],
  MISSING_GITHUB_REPO_CONDITION_KEY: [
    'SECURITY_WARNING',
    'Granting a federated GitHub principal permissions without a condition key can allow more sources to assume the role than you intended. Add the token.actions.githubusercontent.com:sub condition key and specify the branch and repository name in the value.',
  ],
  SPECIFIC_GITHUB_REPO_AND_BRANCH_RECOMMENDED: [
    'WARNING',
    'Using a wildcard (*) in token.actions.githubusercontent.com:sub can allow requests from more sources than you intended. Specify the value of token.actions.githubusercontent.com:sub with the repository and branch name. If the subject claim does not include the branch, specify it in a token.actions.githubusercontent.com:ref condition key.',
  ],
  FORANYVALUE_WITH_AUDIENCE_CLAIM_TYPE: [
    'SECURITY_WARNING',
    'Using ForAnyValue qualifier with the single-valued condition key {key} can be overly permissive. We recommend that you remove ForAnyValue:.',
  ],
  CONFIRM_AUDIENCE_CLAIM_TYPE: [
    'SUGGESTION',
    'The "{key}" ({type}) claim key identifies the recipients that the JSON web token is intended for. Because this claim is single-valued, do not use a qualifier.',
  ],
  REDUNDANT_PRINCIPAL_IN_ROLE_TRUST_POLICY: [
    'SUGGESTION',
    'The assumed-role principal {principal} is redundant with its parent role {role}. Remove the assumed-role principal.',
  ],

  // Conditions
  INVALID_CONDITION_OPERATOR: [
    'ERROR',
    'The condition operator {operator} is not valid. Use a valid condition operator.',
  ],
  NULL_WITH_IF_EXISTS: [
    'ERROR',
    'The Null condition operator cannot be used with the IfExists suffix. Update the operator or the suffix.',
  ],
  NULL_WITH_QUALIFIER: [
    'SUGGESTION',
    'Avoid using the Null condition operator with the ForAllValues or ForAnyValue qualifiers because they always return a true or false respectively.',
  ],
  INVALID_CONDITION_KEY_FORMAT: ['ERROR', 'The condition key format is not valid. Use the format service:keyname.'],
  INVALID_GLOBAL_CONDITION_KEY: ['ERROR', 'The condition key {key} does not exist. Use a valid condition key.'],
  UNSUPPORTED_GLOBAL_CONDITION_KEY: [
    'ERROR',
    'The condition key aws:ARN is not supported. Use aws:PrincipalArn or aws:SourceArn instead.',
  ],
  INVALID_SERVICE_CONDITION_KEY: [
    'ERROR',
    'The condition key {key} does not exist in the service {service}. Use a valid condition key.',
  ],
  MISSING_TAG_KEY_IN_CONDITION: [
    'ERROR',
    'The condition key {key} must include a tag key to control access based on tags. Use the format {key}tag-key and specify a key name for tag-key.',
  ],
  DUPLICATE_KEYS_WITH_DIFFERENT_CASE: [
    'ERROR',
    'The condition key {key} appears more than once with different capitalization in the same condition block. Remove the duplicate condition keys.',
  ],
  UNSUPPORTED_ACTION_FOR_CONDITION_KEY: [
    'ERROR',
    'The following actions: {actions} are not supported by the condition key {key}. The condition will not be evaluated for these actions. We recommend that you move these actions to a different statement without this condition key.',
  ],
  MISSING_QUALIFIER: [
    'ERROR',
    'The request context key {key} has multiple values. Use the ForAllValues or ForAnyValue condition key qualifiers in your policy.',
  ],
  FORALLVALUES_WITH_SINGLE_VALUED_KEY: [
    'SECURITY_WARNING',
    'Using ForAllValues qualifier with the single-valued condition key {key} can be overly permissive. We recommend that you remove ForAllValues:.',
  ],
  MISSING_PAIRED_CONDITION_KEYS: [
    'SECURITY_WARNING',
    'Using the condition key {key} can be overly permissive without also using the following condition keys: {keys}. Condition keys like this one are more secure when paired with a related key. We recommend that you add the related condition keys to the same condition block.',
  ],
  UNTRUSTWORTHY_CONDITION_KEY: [
    'SECURITY_WARNING',
    'The {key} condition key is not recommended for access control as it can be spoofed/manipulated by the caller.',
  ],
  STRING_LIKE_OPERATOR_WITH_ARN_CONDITION_KEYS: [
    'SECURITY_WARNING',
    'Use the operator type {allowed} instead of operator {operator} for the condition key {key}.',
  ],
  DENY_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: [
    'SECURITY_WARNING',
    'Using the effect Deny with the tag condition key {key} and actions for services with the following prefixes can be overly permissive: {services}. Actions for the listed services are not denied by this statement. We recommend that you move these actions to a different statement without this condition key.',
  ],
  DENY_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: [
    'SECURITY_WARNING',
    "Using the effect Deny with NotAction and the tag condition key {key} can be overly permissive because some service actions are not denied by this statement. This is because the condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.",
  ],
  ALLOW_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: [
    'SUGGESTION',
    'Using the effect Allow with the tag condition key {key} and actions for services with the following prefixes does not affect the policy: {services}. Actions for the listed service are not allowed by this statement. We recommend that you move these actions to a different statement without this condition key.',
  ],
  ALLOW_NOTACTION_WITH_UNSUPPORTED_TAG_CONDITION_KEY_FOR_SERVICE: [
    'SUGGESTION',
    "Using the effect Allow with NotAction and the tag condition key {key} allows only service actions that support the condition key. The condition key doesn't apply to some service actions. We recommend that you use Action instead of NotAction.",
  ],
  USE_CONDITION_KEY_ONLY_WITH_SUPPORTED_SERVICES: [
    'WARNING',
    'The condition key {key} works only with specific AWS services and must be scoped to supported services in your policies.',
  ],
  IRRELEVANT_CONDITION_KEY_IN_POLICY: [
    'SUGGESTION',
    'The condition key {key} is not relevant for the {type} policy.  Use this key in an identity-based policy to govern access to this resource.',
  ],
  DYNAMODB_ATTRIBUTES_WITHOUT_SELECT: [
    'SECURITY_WARNING',
    'Restricting dynamodb:Attributes without also setting dynamodb:Select to SPECIFIC_ATTRIBUTES allows all attributes to be returned on read requests that omit a projection expression. We recommend that you also set dynamodb:Select to SPECIFIC_ATTRIBUTES.',
  ],
  S3_PREFIX_IN_NEGATIVE_CONTEXT: [
    'SECURITY_WARNING',
    'Using the s3:prefix condition key in a Deny statement or with a negated string operator does not block listing the objects under the matching prefixes. A request that specifies a shorter prefix does not match the condition and can still list those objects. To restrict listing to specific prefixes, use s3:prefix with StringLike in an Allow statement, or use a Deny statement with StringNotLike.',
  ],

  // Values of conditions
  TYPE_MISMATCH: [
    'WARNING',
    'Use the operator type {allowed} instead of operator {operator} for the condition key {key}.',
  ],
  TYPE_MISMATCH_BOOLEAN: [
    'WARNING',
    'Add a valid Boolean value (true or false) for the condition operator {operator}.',
  ],
  TYPE_MISMATCH_DATE: [
    'WARNING',
    'The date condition operator is used with an invalid value. Specify a valid date using YYYY-MM-DD or other ISO 8601 date/time format.',
  ],
  TYPE_MISMATCH_IP_RANGE: [
    'ERROR',
    'The condition operator {operator} is used with an invalid IP range value. Specify the IP range in standard CIDR format.',
  ],
  TYPE_MISMATCH_NUMBER: ['WARNING', 'Add a valid numeric value for the condition operator {operator}.'],
  TYPE_MISMATCH_STRING: ['WARNING', 'Add a valid base64-encoded string value for the condition operator {operator}.'],
  INVALID_CONDITION_DATA_TYPE: [
    'ERROR',
    'The condition value data types do not match. Use condition values of the same JSON data type.',
  ],
  INVALID_CONDITION_MULTIPLE_BOOLEAN: [
    'ERROR',
    'The condition key does not support multiple Boolean values. Use a single Boolean value.',
  ],
  INVALID_DATE_VALUE: [
    'WARNING',
    'The date {date} might not resolve as expected. We recommend that you use the YYYY-MM-DD format.',
  ],
  INVALID_REGION: ['ERROR', 'The Region {region} is not valid. Update the condition value to a supported Region.'],
  INVALID_VPC_FORMAT: [
    'ERROR',
    "The VPC identifier in the condition key value is not valid. Use the prefix 'vpc-' followed by 8 or 17 alphanumeric characters.",
  ],
  INVALID_VPCE_FORMAT: [
    'ERROR',
    "The VPCE identifier in the condition key value is not valid.  Use the prefix 'vpce-' followed by 8 or 17 alphanumeric characters.",
  ],
  INVALID_KMS_KEY_VALUE: ['ERROR', 'The {key} condition key value must be a valid KMS key ARN.'],
  IMPROVE_IP_RANGE: [
    'SUGGESTION',
    'The non-zero bits in the IP address after the masked bits are ignored. Replace address with {address}.',
  ],
  PRIVATE_IP_ADDRESS: [
    'ERROR',
    'aws:SourceIp works only for public IP address ranges. The values for condition key aws:SourceIp include only private IP addresses and will not have the desired effect. Update the value to include only public IP addresses.',
  ],
  PRIVATE_NOT_IP_ADDRESS: [
    'ERROR',
    'The values for condition key aws:SourceIp include only private IP addresses and has no effect. aws:SourceIp works only for public IP address ranges. Update the value to include only public IP addresses.',
  ],
  PRIVATE_IP_ADDRESS_SUBSET: [
    'SUGGESTION',
    'The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses will not have the desired effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.',
  ],
  PRIVATE_NOT_IP_ADDRESS_SUBSET: [
    'SUGGESTION',
    'The values for condition key aws:SourceIp include a mix of private and public IP addresses. The private addresses have no effect. aws:SourceIp works only for public IP address ranges. To define permissions for private IP ranges, use aws:VpcSourceIp.',
  ],
  WILDCARD_WITHOUT_LIKE_OPERATOR: [
    'WARNING',
    'Your condition value includes a * or ? character. If you meant to use a wildcard (*, ?), update the condition operator to include Like.',
  ],
  REDUNDANT_CONDITION_VALUE_NUM: [
    'SUGGESTION',
    'Multiple values in {operator} are redundant. Replace with the {which} single value for {key}.',
  ],
  REDUNDANT_KEY_DUE_TO_WILDCARD_IN_CONDITION: [
    'SUGGESTION',
    'The key {key} in the condition block of {operator} is redundant because it is always matched. Remove this key to simplify the condition.',
  ],
  REDUNDANT_STATEMENT_DUE_TO_WILDCARD_IN_CONDITION: [
    'SUGGESTION',
    'The key {key} in the condition block of {operator} does not match any values. Remove this key to simplify the condition.',
  ],
  EQUIVALENT_TO_NULL_FALSE: [
    'SUGGESTION',
    'We recommend replacing the key {key} in the condition block of {operator} with {{key}: false} to ensure better enforcement of the condition.',
  ],
  EQUIVALENT_TO_NULL_TRUE: [
    'SUGGESTION',
    'We recommend replacing the key {key} in the condition block of {operator} with {{key}: true} to ensure better enforcement of the condition.',
  ],
  EMPTY_ARRAY_CONDITION: [
    'SUGGESTION',
    'There are no values for the condition key {key} and it does not affect the policy. Specify conditions.',
  ],
  EMPTY_ARRAY_CONDITION_FORALLVALUES: [
    'SUGGESTION',
    'The ForAllValues prefix with an empty condition key matches only if the key {key} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.',
  ],
  EMPTY_ARRAY_CONDITION_FORANYVALUE: [
    'SUGGESTION',
    'The ForAnyValue prefix with an empty condition key {key} never matches the request context and it does not affect the policy. Specify conditions.',
  ],
  EMPTY_ARRAY_CONDITION_IFEXISTS: [
    'SUGGESTION',
    'The IfExists suffix with an empty condition key matches only if the key {key} is missing from the request context. To determine if the request context is empty, we recommend that you use the Null condition operator with the value of true instead.',
  ],
  EMPTY_OBJECT_CONDITION: [
    'SUGGESTION',
    'This condition block is empty and it does not affect the policy. Specify conditions.',
  ],

  // Policy variables
  MISSING_BRACE_IN_VARIABLE: [
    'ERROR',
    'The policy variable is missing a closing curly brace. Add } after the variable text.',
  ],
  MISSING_QUOTE_IN_VARIABLE: [
    'ERROR',
    'The policy variable default value must begin and end with a single quote. Add the missing quote.',
  ],
  UNSUPPORTED_SPACE_IN_VARIABLE: [
    'ERROR',
    'A space is not supported within the policy variable text. Remove the space.',
  ],
  EMPTY_VARIABLE: [
    'ERROR',
    'Empty policy variable. Remove the ${ } variable structure or provide a variable within the structure.',
  ],
  VARIABLE_UNSUPPORTED_IN_ELEMENT: [
    'ERROR',
    'Policy variables are supported in the Resource and Condition elements. Remove the policy variable {variable} from this element.',
  ],
  VARIABLE_UNSUPPORTED_IN_VERSION: [
    'ERROR',
    'To include variables in your policy, use the policy version 2012-10-17 or later.',
  ],
  INVALID_VARIABLE_FOR_OPERATOR: ['ERROR', 'Policy variables can only be used with String and ARN operators.'],

  // iam:PassRole and iam:CreateServiceLinkedRole
  PASS_ROLE_WITH_STAR_IN_ACTION_AND_RESOURCE: [
    'SECURITY_WARNING',
    'Using wildcards (*) in the action and the resource can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
  ],
  PASS_ROLE_WITH_STAR_IN_RESOURCE: [
    'SECURITY_WARNING',
    'Using the iam:PassRole action with wildcards (*) in the resource can be overly permissive because it allows iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
  ],
  PASS_ROLE_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION: [
    'SECURITY_WARNING',
    'Using a resource with wildcards (*) and NotAction can be overly permissive because it allows iam:PassRole permissions on all resources. We recommend that you specify resource ARNs or add the iam:PassedToService condition key to your statement.',
  ],
  PASS_ROLE_WITH_NOT_RESOURCE: [
    'SECURITY_WARNING',
    'Using the iam:PassRole action with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
  ],
  PASS_ROLE_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE: [
    'SECURITY_WARNING',
    'Using an action with a wildcard (*) and NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
  ],
  PASS_ROLE_WITH_NOT_ACTION_AND_NOT_RESOURCE: [
    'SECURITY_WARNING',
    'Using NotAction with NotResource can be overly permissive because it can allow iam:PassRole permissions on multiple resources.. We recommend that you specify resource ARNs instead.',
  ],
  CREATE_SLR_WITH_STAR_IN_ACTION_AND_RESOURCE: [
    'WARNING',
    'Using wildcards (*) in the action and the resource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead.',
  ],
  CREATE_SLR_WITH_STAR_IN_RESOURCE: [
    'WARNING',
    'Using the iam:CreateServiceLinkedRole action with wildcards (*) in the resource can allow creation of unintended service-linked roles. We recommend that you specify resource ARNs instead.',
  ],
  CREATE_SLR_WITH_STAR_IN_RESOURCE_AND_NOT_ACTION: [
    'WARNING',
    'Using a resource with wildcards (*) and NotAction can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on all resources. We recommend that you specify resource ARNs instead.',
  ],
  CREATE_SLR_WITH_NOT_RESOURCE: [
    'WARNING',
    'Using the iam:CreateServiceLinkedRole action with NotResource can allow creation of unintended service-linked roles for multiple resources. We recommend that you specify resource ARNs instead.',
  ],
  CREATE_SLR_WITH_STAR_IN_ACTION_AND_NOT_RESOURCE: [
    'WARNING',
    'Using an action with a wildcard(*) and NotResource can allow creation of unintended service-linked roles because it can allow iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
  ],
  CREATE_SLR_WITH_NOT_ACTION_AND_NOT_RESOURCE: [
    'WARNING',
    'Using NotAction with NotResource can allow creation of unintended service-linked roles because it allows iam:CreateServiceLinkedRole permissions on multiple resources. We recommend that you specify resource ARNs instead.',
  ],

  // Organization policies
  SCP_SYNTAX_ERROR_PRINCIPAL: [
    'ERROR',
    'SCPs do not support specifying principals. Remove the Principal or NotPrincipal element.',
  ],
  RCP_SYNTAX_ERROR_PRINCIPAL: [
    'ERROR',
    'The Principal element contents are not valid. RCPs only support specifying all principals ("*") in the Principal element. The NotPrincipal element is not supported for RCPs.',
  ],
  RCP_SYNTAX_ERROR_ALLOW: [
    'ERROR',
    'RCPs only support specifying all principals ("*") in the Principal element, all resources ("*") in the Resource element, and no Condition element with an effect of Allow.',
  ],
  RCP_SYNTAX_ERROR_NOTACTION: ['ERROR', 'RCPs do not support the NotAction element. Update to use the Action element.'],
  RCP_SYNTAX_ERROR_ACTION: [
    'ERROR',
    'RCPs only support specifying select service prefixes in the Action element. Learn more here.',
  ],
  RCP_MISSING_RELATED_PRINCIPAL_CONDITION_KEY: [
    'WARNING',
    'RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block "BoolIfExists": { "aws:PrincipalIsAWSService": "false"} whenever a principal key {key} is used.',
  ],
  RCP_MISSING_RELATED_SERVICE_PRINCIPAL_CONDITION_KEY: [
    'WARNING',
    'RCPs impact IAM roles, users, and AWS service principals. To prevent unintended impact to your principals, an additional statement should be added to the Condition block "BoolIfExists": { "aws:PrincipalIsAWSService": "true"} whenever the key {key} is used.',
  ],
  RCP_MISSING_SERVICE_CONDITION_KEY_NULL_CHECK: [
    'WARNING',
    'The specified service may have a service integration that does not require the use of the {key} condition key. To prevent unintended impact to services acting on your behalf using a service principal, an additional statement should be added to the Condition block "Null": { "aws:SourceAccount": "false"} or "Null": { "aws:SourceArn": "false"} whenever the key {key} is used.',
  ],
} as const satisfies Record<string, readonly [Severity, string]>

export const own = {
  MALFORMED_POLICY_DOCUMENT: ['ERROR', 'AWS does not store this policy: {sentence}[ ({reason})]'],
  RESOURCE_MISMATCH: ['WARNING', '{what}, so this part of the statement matches no request.[ {advice}]'],
  RESOURCE_WITHOUT_ACTION: [
    'SUGGESTION',
    'No action of this statement works on {resource}. Remove it, or add actions.',
  ],
  INVALID_PRINCIPAL: [
    'ERROR',
    'The principal {principal} is none that AWS knows: use an account id, "*", or the ARN of a root user, user, role, role session or federated user.',
  ],
  PUBLIC_ACCESS: [
    'SECURITY_WARNING',
    'Principal "*" without a condition gives access to everyone, callers without credentials included. Name principals, or add a condition such as aws:PrincipalOrgID or aws:SourceVpce.',
  ],
  DENY_WITH_NOT_PRINCIPAL: [
    'WARNING',
    'Deny with NotPrincipal also denies listed principals that have a permissions boundary, and role sessions of which account, role and session are not all listed. Deny Principal "*" with ArnNotEquals aws:PrincipalArn instead.',
  ],
  CONFUSED_DEPUTY_IN_TRUST_POLICY: [
    'SUGGESTION',
    'Any resource of any account may make {service} assume this role. Add aws:SourceAccount or aws:SourceArn where the service sends it.',
  ],
  OIDC_SUBJECT_NOT_RESTRICTED: [
    'WARNING',
    'No condition on {key}: every identity that the provider vouches for may assume the role.',
  ],
  ENDPOINT_POLICY_ALLOWS_NOTHING: [
    'WARNING',
    'An endpoint policy with Deny statements only lets no request through the endpoint. Add an Allow statement; as a bucket policy the same statements would work.',
  ],
  MISMATCHED_SERVICE_LINKED_ROLE: [
    'WARNING',
    'The resource names a service-linked role of {named}, the condition key iam:AWSServiceName asks for {asked}: no request has both.',
  ],
  TYPE_MISMATCH_ARN: [
    'WARNING',
    'The condition operator {operator} compares ARNs of six fields, and {value} is none: it matches nothing.',
  ],
  INVALID_ACCOUNT_ID: ['WARNING', 'The account ID {account} is not valid: an account ID has 12 digits.'],
  UNKNOWN_VARIABLE: [
    'WARNING',
    'The policy variable {variable} names no condition key that AWS knows[, did you mean {nearest}?]; it is never resolved, and then the value matches nothing.',
  ],
} as const satisfies Record<string, readonly [Severity, string]>

export const catalogue = { ...aws, ...own }

export type Code = keyof typeof catalogue

/** Names of the values that a sentence takes. */
type NamesIn<Sentence extends string> = Sentence extends `${string}{${infer Name}}${infer Rest}`
  ? Name extends `{${infer Inner}`
    ? Inner | NamesIn<Rest>
    : Name extends ` ${string}`
      ? NamesIn<Rest>
      : Name | NamesIn<Rest>
  : never

export type Values<C extends Code> = Record<NamesIn<(typeof catalogue)[C][1]>, string | number | undefined>

/** The sentence with its values. */
export function sentence(code: Code, values: Readonly<Record<string, string | number | undefined>>): string {
  const fill = (text: string) => text.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''))
  return fill(
    catalogue[code][1].replace(/\[([^[\]]*\{(\w+)\}[^[\]]*)\]/g, (_, part: string, name: string) =>
      values[name] === undefined ? '' : part,
    ),
  )
}
