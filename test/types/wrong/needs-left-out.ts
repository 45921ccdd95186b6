// error TS2741: Property 'needs' is missing in type '{ perform: () => {}; }' but required in type '{ needs(input: {}, call: Call): Need[]; perform(input: {}, permit: Permit): Promise<{}> | {}; }'.
import { operation } from '../../../src/services/operation.ts'

export const unguarded = operation<{}, {}>('iam', 'GetUser', { perform: () => ({}) })
