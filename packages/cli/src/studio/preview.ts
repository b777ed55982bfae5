import type {Diagnostic} from '@broadside/content'
import {sha256} from '@broadside/revision'
import {BroadsideError} from '@broadside/runtime'
import {
  addressOf,
  buildOutput,
  buildSearchIndex,
  placeOf,
  type BuiltOutput,
  type OutputHeaders,
  type SiteView,
} from '@broadside/site'
import type {StudioSnapshot} from './studio-site.ts'

export type ShownOutput = {
  output: BuiltOutput
  headers: OutputHeaders
  /** Names its bytes. */
  hash: string
  /** Why it is shown as it was before. */
  problem?: Diagnostic
}

export type Preview = {
  /**
   * The output at an address, built when it is first asked for: as publishing now would make it; what would not be there
   * yet, as it will be. `coming` asks for the latter throughout. Undefined where there is nothing either way.
   */
  at: (snapshot: StudioSnapshot, address: string, coming?: boolean) => Promise<ShownOutput | undefined>
}

/** Pages that failed are shown as they were: the last few that were looked at. */
const maxKept = 200

/** Builds what is looked at, and nothing else; each output once for a state of the site. */
export function createPreview(): Preview {
  const built = new WeakMap<SiteView, Map<string, Promise<ShownOutput | undefined>>>()
  const indexes = new WeakMap<SiteView, Promise<Map<string, BuiltOutput>>>()
  const good = new Map<string, ShownOutput>()

  async function build(snapshot: StudioSnapshot, view: SiteView, address: string): Promise<ShownOutput | undefined> {
    const kept = `${view === snapshot.now ? 'now' : 'coming'} ${address}`
    try {
      const output =
        placeOf(address).kind === 'search-file'
          ? (await searchIndex(view)).get(address)
          : await buildOutput({address}, view, snapshot.theme)
      const shown = output && {output, headers: output.headers, hash: hashOf(output)}
      good.delete(kept)
      if (shown !== undefined) good.set(kept, shown)
      const [oldest] = good.keys()
      if (good.size > maxKept && oldest !== undefined) good.delete(oldest)
      return shown
    } catch (error) {
      const last = good.get(kept)
      const problem = templateProblem(error)
      if (last === undefined || problem === undefined) throw error
      return {...last, problem}
    }
  }

  function searchIndex(view: SiteView): Promise<Map<string, BuiltOutput>> {
    const known = indexes.get(view) ?? gather(view)
    indexes.set(view, known)
    return known
  }

  function once(snapshot: StudioSnapshot, view: SiteView, address: string): Promise<ShownOutput | undefined> {
    const outputs = built.get(view) ?? new Map<string, Promise<ShownOutput | undefined>>()
    built.set(view, outputs)
    const known = outputs.get(address) ?? build(snapshot, view, address)
    outputs.set(address, known)
    known.catch(() => outputs.delete(address))
    return known
  }

  return {
    async at(snapshot, address, coming = false) {
      const now = coming ? undefined : await once(snapshot, snapshot.now, address)
      return now ?? once(snapshot, snapshot.coming, address)
    },
  }
}

/** Where a template failed on a page; undefined for what is no author's doing. */
export function templateProblem(error: unknown): Diagnostic | undefined {
  if (!(error instanceof BroadsideError) || error.kind !== 'invalid') return undefined
  const {file = 'theme', line, column} = (error.details ?? {}) as {file?: string; line?: number; column?: number}
  return {
    severity: 'error',
    code: error.code,
    file,
    ...(line === undefined ? {} : {line}),
    ...(column === undefined ? {} : {column}),
    message: error.message,
    ...(error.hint === undefined ? {} : {cure: error.hint}),
  }
}

async function gather(view: SiteView): Promise<Map<string, BuiltOutput>> {
  const outputs = new Map<string, BuiltOutput>()
  for await (const output of buildSearchIndex(view)) outputs.set(output.address, output)
  return outputs
}

function hashOf(output: BuiltOutput): string {
  if ('body' in output) return sha256(output.body).slice(0, 16)
  return sha256(Buffer.from(JSON.stringify('blob' in output ? output.blob : output.make))).slice(0, 16)
}

/** The page that is served where there is none. */
export const notFoundAddress = addressOf({kind: 'not-found'})
