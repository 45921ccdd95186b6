/** Everything of Organizations that is built, by its AWS name. */
export const operations = {}
