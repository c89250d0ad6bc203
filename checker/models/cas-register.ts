import { kvModel } from './kv.ts'

/** A register that can also be deleted, and changed on the condition that it holds a certain value. */
export const casRegister = kvModel(['read', 'write', 'delete', 'cas'])
