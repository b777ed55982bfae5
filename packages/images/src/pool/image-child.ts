import type {ImageJob, Inspection, Made} from './image-job.ts'
import {inspectImage} from './inspect-image.ts'
import {makeImage} from './make-image.ts'

/** The program of one child of the pool: images in, facts and images out. */

process.on('message', (job: ImageJob) => void answer(job).then((done) => process.send?.(done)))
// The pool decides when a child ends. A Ctrl-C reaches the whole process group, but the pool may still be draining.
process.on('SIGINT', () => {})
process.on('SIGTERM', () => {})
process.on('disconnect', () => process.exit())
process.send?.('ready')

async function answer(job: ImageJob): Promise<Inspection | Made> {
  if (job.do === 'card') {
    // Read by the process that draws the first card, and not by those that know only images.
    const {makeCard} = await import('./make-card.ts')
    return makeCard(job.card)
  }
  return job.do === 'inspect' ? inspectImage(job.ending, job.bytes) : makeImage(job.format, job.recipe, job.bytes)
}
