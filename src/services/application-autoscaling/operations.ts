/** Everything of Application Auto Scaling that is built, by its AWS name. */
export const operations = {}
