import {explain, BroadsideError} from '@broadside/runtime'
import {renderFragment} from '../render-fragment.ts'
import type {RenderJob, RenderResult} from './render-pool.ts'

/** The program of one child of the pool: documents in, results out, one after the other, in the order they came. */

let last: Promise<void> = Promise.resolve()

process.on('message', (job: RenderJob) => {
  last = last.then(() => deliver(render(job)))
})
// The pool decides when a child ends. A Ctrl-C reaches the whole process group, but the pool may still be draining.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.send?.('ready')

/** Resolves once the result has left the process: if the next document kills it, this result is not lost with it. */
function deliver(result: RenderResult): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) return resolve()
    process.send(result, () => resolve())
  })
}

function render({source, ...options}: RenderJob): RenderResult {
  try {
    return {ok: true, fragment: renderFragment(source, options)}
  } catch (error) {
    const {file} = options
    if (error instanceof BroadsideError) {
      const cure = error.hint === undefined ? {} : {cure: error.hint}
      return {ok: false, diagnostic: {severity: 'error', code: error.code, file, message: error.message, ...cure}}
    }
    return {
      ok: false,
      diagnostic: {
        severity: 'error',
        code: 'markdown.failed',
        file,
        message: `${file} could not be rendered: ${explain(error)}`,
        cure: 'This is a fault of Broadside: please report it with the file.',
      },
    }
  }
}
