/** Everything of IAM's toolbox that is built, by its AWS name. */
export const operations = {}
