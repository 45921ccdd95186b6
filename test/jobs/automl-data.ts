/** Numbers from 0 to 1 that are the same in every run. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32
  }
}

export type Problem = 'Regression' | 'BinaryClassification' | 'MulticlassClassification'

const outcomes: Record<Problem, (score: number) => string> = {
  Regression: (score) => score.toFixed(3),
  BinaryClassification: (score) => (score > 0 ? 'yes' : 'no'),
  MulticlassClassification: (score) => (score < -1 ? 'low' : score < 1 ? 'middle' : 'high'),
}

/** A table whose last column follows from the others: numbers with gaps, categories, dates, and names that say nothing. */
export function table(problem: Problem, rows = 600): string {
  const chance = dice(7)
  const lines = Array.from({ length: rows }, (_, at) => {
    const [size, age] = [chance() * 4 - 2, chance() * 4 - 2]
    const colour = ['red', 'green', 'blue'][Math.floor(chance() * 3)]!
    const score = 2 * size - age * Math.abs(age) + (colour === 'red' ? 1.5 : -0.5) + (chance() - 0.5) * 0.2
    const shown = chance() < 0.05 ? '' : size.toFixed(3)
    const day = `2024-03-${String((at % 28) + 1).padStart(2, '0')}`
    return [shown, age.toFixed(3), colour, day, `row-${at}`, outcomes[problem](score)].join(',')
  })
  return ['size,age,colour,day,id,label', ...lines, ''].join('\n')
}

/** What guessing without a look at the features scores on the whole table. */
export function baseline(problem: Problem): number {
  const labels = table(problem).trim().split('\n').slice(1).map((line) => line.split(',').at(-1)!) // prettier-ignore
  if (problem === 'Regression') {
    const numbers = labels.map(Number)
    const mean = numbers.reduce((sum, one) => sum + one, 0) / numbers.length
    return numbers.reduce((sum, one) => sum + (one - mean) ** 2, 0) / numbers.length
  }
  const counts = Map.groupBy(labels, (label) => label)
  return Math.max(...[...counts.values()].map((own) => own.length)) / labels.length
}
