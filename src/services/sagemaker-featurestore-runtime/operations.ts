/** Everything of Feature Store's runtime that is built, by its AWS name. */
export const operations = {}
