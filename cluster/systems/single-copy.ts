import { singleCopy } from '../node/single-copy.ts'
import { hosted } from './system-kind.ts'

/** One node, trivially right. It has no peers, so faults cut it from its clients. */
export const singleCopySystem = hosted('single-copy', 'clients', {
  summary: singleCopy.summary,
  nodes: { default: 1, min: 1, max: 1 },
  options: {},
  takesBugs: false,
})
