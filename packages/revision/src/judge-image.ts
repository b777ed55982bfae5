import type {Diagnostic} from '@broadside/content'
import {imageEnding, type ImageFacts} from '@broadside/images'
import type {ImagePool} from '@broadside/images/pool'
import {findImage, recordImage, type Db, type ImagesTable} from '@broadside/ledger'

type File = {path: string; hash: string; bytes: Uint8Array}

type JudgedImage = {
  /** A drawing that cannot be looked through: it is not published. */
  isDangerous: boolean
  diagnostics: Diagnostic[]
}

/**
 * What its author should know of a file as an image. It is looked at once, by its bytes, and what is found stays in the
 * ledger: sizes for pages, and whether smaller ones can be made. Files of other kinds are not looked at.
 */
export async function judgeImage(
  {db, images}: {db: Db; images: Pick<ImagePool, 'inspect'>},
  {path, hash, bytes}: File,
): Promise<JudgedImage> {
  const ending = imageEnding(path)
  if (ending === undefined) return {isDangerous: false, diagnostics: []}
  const known = await findImage(db, hash)
  // The same bytes under another name were judged by that name: a drawing called .png was taken for pixels.
  const isKnown = known !== undefined && (known.facts !== null || ending !== 'svg')
  const found = isKnown ? known : await inspect(images, ending, {hash, bytes})
  if (!isKnown) await recordImage(db, found)
  const facts = found.facts === null ? undefined : (JSON.parse(found.facts) as ImageFacts)
  if (facts === undefined && ending === 'svg')
    return {isDangerous: true, diagnostics: [unsafe(path, found.problem ?? '')]}
  const diagnostics: Diagnostic[] = []
  if (facts?.sound !== true) diagnostics.push(broken(path, found.problem ?? whatIsWrong(facts)))
  const removed = JSON.parse(found.removed) as string[]
  if (removed.length > 0) diagnostics.push(cleaned(path, removed))
  return {isDangerous: false, diagnostics}
}

async function inspect(
  images: Pick<ImagePool, 'inspect'>,
  ending: string,
  {hash, bytes}: Pick<File, 'hash' | 'bytes'>,
): Promise<ImagesTable> {
  const found = await images.inspect(ending, bytes)
  const row = {hash, failed: null}
  if (!found.ok) return {...row, facts: null, problem: found.reason, removed: '[]'}
  return {...row, facts: JSON.stringify(found.facts), problem: null, removed: JSON.stringify(found.removed)}
}

const megapixels = 1_000_000

function whatIsWrong(facts: ImageFacts | undefined): string {
  const pixels = facts === undefined ? 0 : facts.width * facts.height
  return pixels > 100 * megapixels ? `it has ${Math.round(pixels / megapixels)} megapixels` : 'the end of it is missing'
}

function broken(file: string, reason: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'image.broken',
    file,
    message: `The image ${file.slice(file.lastIndexOf('/') + 1)} is published as it is, without smaller versions: ${reason}.`,
    cure: 'Open it and save it anew as JPEG, PNG, WebP or AVIF.',
  }
}

function unsafe(file: string, reason: string): Diagnostic {
  return {
    severity: 'error',
    code: 'image.unsafe',
    file,
    message: `The drawing is left out, since it cannot be looked through: ${reason}.`,
    cure: 'Save it as plain SVG, without a document type of its own.',
  }
}

function cleaned(file: string, removed: string[]): Diagnostic {
  return {
    severity: 'warning',
    code: 'image.cleaned',
    file,
    message: `What can act or lead elsewhere was taken out of the drawing: ${removed.slice(0, 8).join(', ')}.`,
    cure: 'Draw it without scripts, links, embedded pages and files from elsewhere.',
  }
}
