import {mkdtemp, rm} from 'node:fs/promises'
import {availableParallelism, tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {ensureSite, openLedger, pinOf, type Ledger} from '@broadside/ledger'
import {createImagePool} from '@broadside/images/pool'
import {Option, type Command} from 'commander'
import {gitOutput} from '../build/git-output.ts'
import {openSource, type Source} from '../build/open-source.ts'
import type {Cli} from '../cli.ts'
import {copyStanding} from '../plan/copy-standing.ts'
import {findBase, withInstalledSite} from '../plan/find-base.ts'
import {formatPlan} from '../plan/format-plan.ts'
import {audienceOf, makePlan, publishHere, type PlanOptions} from '../plan/make-plan.ts'
import {planMarkdown} from '../plan/plan-markdown.ts'

type PlanFlags = {rev?: string; site?: string; base?: string; json?: boolean; markdown?: boolean}

const standInUrl = 'https://site.invalid/'
const maxWorkers = 4
/** More than where it is published: an author's machine, or that of a workflow, does other things as well. */
const budgetMs = 20_000

export function addPlan(program: Command, cli: Cli): void {
  program
    .command('plan')
    .summary('tell what publishing a commit would do, to pages, feed and mail')
    .description(
      'Tells what publishing a commit would do, and does nothing: posts and pages that come, change, move or go, with ' +
        'what changes in them; redirects; items of the feed; which mails would go to how many, at once or held; what is ' +
        'scheduled; and what is wrong. It is compared with the newest revision of the installed site that the ' +
        'repository belongs to, which is only read; where there is none, with the upstream branch, else the commit before.',
    )
    .argument('[repo]', 'path of the git repository', '.')
    .option('--rev <rev>', 'branch, tag or commit to publish (default: HEAD)')
    .option('--site <site>', 'compare with this installed site')
    .addOption(
      new Option('--base <rev>', 'compare with where the branch left this one, and ask no installed site').conflicts(
        'site',
      ),
    )
    .addOption(new Option('--json', 'print it as JSON').conflicts('markdown'))
    .option('--markdown', 'print it as the comment of a pull request')
    .addHelpText('after', '\nExamples:\n  broadside plan\n  broadside plan . --base origin/main --markdown')
    .action((repo: string, flags: PlanFlags) => plan(cli, repo, flags))
}

async function plan(cli: Cli, repo: string, flags: PlanFlags): Promise<void> {
  const now = cli.clock.now()
  const scratch = await mkdtemp(join(tmpdir(), 'broadside-plan-'))
  const ledger = await openLedger('sqlite::memory:')
  const pool = cli.createPool({size: Math.min(availableParallelism(), maxWorkers), budgetMs})
  const images = createImagePool({size: availableParallelism()})
  let source: Source | undefined
  try {
    source = await openSource({repo, rev: flags.rev, cwd: cli.cwd, scratch, now})
    if (flags.rev === undefined) await noteUncommitted(cli, repo)
    const standing = await prepare(cli, ledger, source, {repo, flags, pool, images, now})
    const made = await makePlan({ledger, source, pool, images, now, ...standing})
    if (made === undefined) {
      await cli.write(flags.json === true ? 'null\n' : `nothing to publish: ${standing.against} is this commit\n`)
      return
    }
    if (made.problems.some(({severity}) => severity === 'error')) cli.exitCode = 2
    if (flags.json === true) await cli.write(`${JSON.stringify(made, null, 2)}\n`)
    else await cli.write(flags.markdown === true ? planMarkdown(made) : formatPlan(made, cli.paint))
  } finally {
    await pool.close()
    await images.close()
    await source?.mirror.close()
    await ledger.close()
    await rm(scratch, {recursive: true, force: true})
  }
}

type Standing = Pick<PlanOptions, 'site' | 'against' | 'audience' | 'keptAt'>
type Preparing = {repo: string; flags: PlanFlags} & Pick<PlanOptions, 'pool' | 'images' | 'now'>

/** Fills the fresh ledger with what is compared with: an installed site as it stands, else a commit published here. */
async function prepare(
  cli: Cli,
  ledger: Ledger,
  source: Source,
  {repo, flags, pool, images, now}: Preparing,
): Promise<Standing> {
  const {site: named, base: given} = flags
  const installed =
    given === undefined
      ? await withInstalledSite(cli, source, named, async (db, site) => {
          const revision = await copyStanding(db, ledger, site)
          const against = revision === undefined ? 'an empty site' : `revision ${revision} of ${site}`
          return {site, against, audience: await audienceOf(db, site), keptAt: (await pinOf(db, site))?.shows}
        })
      : undefined
  if (installed !== undefined) return installed
  const site = source.name
  const row = {name: site, remote: '', branch: 'main', site_url: standInUrl, audience_url: standInUrl}
  await ensureSite(ledger.db, row, {id: site, now: 0})
  const base = await findBase({cwd: cli.cwd, repo, base: given}, source.commit)
  if (base === undefined) return {site, against: 'an empty site', audience: undefined}
  await publishHere({ledger, site, source, pool, images, now}, base)
  return {site, against: `commit ${base.slice(0, 8)}`, audience: undefined}
}

async function noteUncommitted(cli: Cli, repo: string): Promise<void> {
  const changed = await gitOutput(['-C', resolve(cli.cwd, repo), 'status', '--porcelain'])
  if (changed !== undefined && changed !== '') cli.say(cli.paintSaid.dim('what is not committed is not in the plan'))
}
