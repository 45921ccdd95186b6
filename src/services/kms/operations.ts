/** Everything of AWS KMS that is built, by its AWS name. */
export const operations = {}
