import {hash} from 'node:crypto'
import {openSiteView, type Db} from '@broadside/ledger'
import {buildOutput, themeOf, type BuiltOutput} from '@broadside/site'
import {createViewCache} from './view-cache.ts'

/** An output and, of one that carries its bytes, their SHA-256. */
export type HashedOutput =
  | Exclude<BuiltOutput, {body: unknown}>
  | (Extract<BuiltOutput, {body: unknown}> & {hash: string})

/** Builds outputs of a revision, one for each address in their order, undefined where the revision has nothing. */
export type BuildOutputs = (
  at: {site: string; revision: number},
  addresses: string[],
) => Promise<(HashedOutput | undefined)[]>

/** Over this connection to the ledger and in this thread. Throws what `openSiteView` and `buildOutput` throw. */
export function createBuildOutputs(db: Db): BuildOutputs {
  const views = createViewCache()
  return async ({site, revision}, addresses) => {
    // A preview that is back under its name has revisions of the same numbers, but another id.
    const row = await db.selectFrom('sites').select('id').where('name', '=', site).executeTakeFirst()
    const view = await views.open(`${site} ${row?.id} ${revision}`, () => openSiteView(db, site, revision))
    const theme = themeOf(view)
    const outputs: (HashedOutput | undefined)[] = []
    for (const address of addresses) {
      const output = await buildOutput({address}, view, theme)
      outputs.push(output && 'body' in output ? {...output, hash: hash('sha256', output.body)} : output)
    }
    return outputs
  }
}
