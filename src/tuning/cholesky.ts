/** A symmetric matrix's lower triangle, row after row. */
export type Triangle = readonly Float64Array[]

/** L of L·Lᵀ = matrix; undefined when the matrix is not positive definite. */
export function cholesky(matrix: Triangle): Triangle | undefined {
  const lower: Float64Array[] = []
  for (let i = 0; i < matrix.length; i++) {
    const row = new Float64Array(i + 1)
    for (let j = 0; j <= i; j++) {
      const other = j === i ? row : lower[j]!
      let sum = matrix[i]![j]!
      for (let k = 0; k < j; k++) sum -= row[k]! * other[k]!
      if (j < i) row[j] = sum / other[j]!
      else if (sum > 0) row[j] = Math.sqrt(sum)
      else return undefined
    }
    lower.push(row)
  }
  return lower
}

/** x of L·x = b. */
export function forward(lower: Triangle, b: ArrayLike<number>): Float64Array {
  const x = new Float64Array(lower.length)
  for (let i = 0; i < lower.length; i++) {
    const row = lower[i]!
    let sum = b[i]!
    for (let k = 0; k < i; k++) sum -= row[k]! * x[k]!
    x[i] = sum / row[i]!
  }
  return x
}

/** x of Lᵀ·x = b. */
export function backward(lower: Triangle, b: ArrayLike<number>): Float64Array {
  const x = Float64Array.from(b)
  for (let i = lower.length - 1; i >= 0; i--) {
    x[i] = x[i]! / lower[i]![i]!
    for (let k = 0; k < i; k++) x[k] = x[k]! - lower[i]![k]! * x[i]!
  }
  return x
}
