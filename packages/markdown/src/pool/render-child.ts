import {flushCompileCache} from 'node:module'
import {explain, BroadsideError} from '@broadside/runtime'
import {renderFragment} from '../render-fragment.ts'
import type {RenderedText, RenderJob} from './render-pool.ts'

/** The program of one child of the pool: documents in, results out. */

process.on('message', (job: RenderJob) => process.send?.(render(job)))
// The pool decides when a child ends. A Ctrl-C reaches the whole process group, but the pool may still be draining.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.send?.('ready')
// Node writes it at a process's end, and these mostly end by a signal.
flushCompileCache()

function render({source, ...options}: RenderJob): RenderedText {
  try {
    return {ok: true, json: JSON.stringify(renderFragment(source, options))}
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
