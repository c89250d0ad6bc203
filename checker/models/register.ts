import { kvModel } from './kv.ts'

/** A register: what was written last is what is read. */
export const register = kvModel(['read', 'write'])
