import { envSuite } from '../env.suite.ts'
import { realWorld } from './fixtures/world.ts'

envSuite('real', realWorld)
