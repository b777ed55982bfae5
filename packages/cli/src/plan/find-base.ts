import {listSites, type Db} from '@broadside/ledger'
import {resolve} from 'node:path'
import {BroadsideError, kindOf} from '@broadside/runtime'
import {gitOutput} from '../build/git-output.ts'
import type {Source} from '../build/open-source.ts'
import {chooseSite} from '../choose-site.ts'
import type {Cli} from '../cli.ts'

/**
 * Runs `work` on the ledger of the installed site that a repository belongs to: the one that is named, else the one
 * whose newest commit the repository has. Undefined when there is none.
 */
export async function withInstalledSite<Result>(
  cli: Cli,
  source: Source,
  named: string | undefined,
  work: (db: Db, site: string) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await cli.withLedger(async ({db}) => {
      const site = named === undefined ? await siteOf(db, source) : (await chooseSite(db, named)).name
      return site === undefined ? undefined : work(db, site)
    })
  } catch (error) {
    const isMissing = error instanceof BroadsideError && error.code === 'cli.no-ledger'
    if (named === undefined && isMissing && kindOf(error) === 'invalid') return undefined
    throw error
  }
}

async function siteOf(db: Db, {mirror}: Source): Promise<string | undefined> {
  const found: string[] = []
  for (const {name} of await listSites(db)) {
    const newest = await db
      .selectFrom('revisions')
      .select('commit_id')
      .where('site', '=', name)
      .orderBy('number', 'desc')
      .executeTakeFirst()
    if (newest !== undefined && (await mirror.readCommit(newest.commit_id)) !== undefined) found.push(name)
  }
  if (found.length < 2) return found[0]
  throw new BroadsideError('invalid', 'plan.site', `the repository is that of ${found.join(' and of ')}`, {
    hint: 'Say which is meant with --site, or compare with a commit by --base',
  })
}

/**
 * The commit that is compared with where nothing is installed: where the branch left the given one; else the upstream
 * branch, where that is behind; else the commit before. Undefined for a repository's first commit.
 */
export async function findBase(
  {cwd, repo, base}: {cwd: string; repo: string; base: string | undefined},
  commit: string,
): Promise<string | undefined> {
  const git = (...args: string[]) => gitOutput(['-C', resolve(cwd, repo), ...args])
  const commitOf = (rev: string) => git('rev-parse', '--verify', '--quiet', '--end-of-options', `${rev}^{commit}`)
  if (base !== undefined) {
    const given = await commitOf(base)
    if (given !== undefined && given !== '') return (await git('merge-base', given, commit)) ?? given
    throw new BroadsideError(
      'invalid',
      'build.rev',
      `cannot compare with ${JSON.stringify(base)}: there is no such revision`,
      {
        hint: 'Give a branch, a tag or a commit of the repository; in a workflow, fetch its history (fetch-depth: 0)',
      },
    )
  }
  const upstream = await commitOf('@{upstream}')
  const fork = upstream === undefined || upstream === '' ? undefined : await git('merge-base', upstream, commit)
  if (fork !== undefined && fork !== commit) return fork
  const parent = await commitOf(`${commit}^1`)
  return parent === '' ? undefined : parent
}
