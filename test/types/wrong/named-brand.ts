// error TS2459: Module '"../../../src/door/call.ts"' declares 'permitBrand' locally, but it is not exported.
import { permitBrand } from '../../../src/door/call.ts'

export const brand = permitBrand
