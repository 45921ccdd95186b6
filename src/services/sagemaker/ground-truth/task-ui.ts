import type { Call } from '../../../door/call.ts'
import type { Store } from '../../../store/store.ts'
import { accountOf } from '../arns.ts'
import { refuseNotBuilt } from '../not-built.ts'
import { humanTaskUis, type HumanTaskUi } from './human-task-ui.ts'

/** The caller's worker UI of that ARN. Throws for one that is not there; those of AWS's own accounts are not served. */
export function checkTaskUi(store: Store, call: Call, arn: string): HumanTaskUi {
  refuseNotBuilt(call.operation, { "HumanTaskUiArn of AWS's own": accountOf(arn) !== call.account })
  return humanTaskUis.must(store, call, arn.slice(arn.indexOf('/') + 1))
}
