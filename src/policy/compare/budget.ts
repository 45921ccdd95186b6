/** What a comparison may cost. Counted in steps, not in time, so that the same question always has the same answer. */
export interface Budget {
  readonly limit: number
  steps: number
}

/** The budget is used up. Caught in compare.ts, where it becomes the verdict `unknown`. */
export class BudgetExhausted extends Error {}

export function spend(budget: Budget, steps = 1): void {
  budget.steps += steps
  if (budget.steps > budget.limit) throw new BudgetExhausted(`more than ${budget.limit} steps`)
}
