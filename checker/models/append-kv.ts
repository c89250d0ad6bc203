import { kvModel } from './kv.ts'

/** A string that can also be appended to, so that one read shows in which order the appends took effect. */
export const appendKv = kvModel(['read', 'write', 'append', 'delete'])
