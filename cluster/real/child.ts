/** Entry of a node's child process. */
import { programs } from '../systems/programs.ts'
import { runChild } from './run-child.ts'

runChild(programs)
