/** Where the built page is; git ignores it. */
import { join } from 'node:path'

export const builtPage = join(import.meta.dirname, 'dist', 'page.html')
