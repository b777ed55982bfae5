import {mkdtemp, rm} from 'node:fs/promises'
import {availableParallelism, tmpdir} from 'node:os'
import {join, resolve} from 'node:path'
import {parseInstant} from '@broadside/content'
import {createImagePool} from '@broadside/images/pool'
import {
  diagnosticsOf,
  ensureSite,
  findSite,
  newestOfBranch,
  openLedger,
  type Ledger,
  type SitesTable,
} from '@broadside/ledger'
import {BroadsideError} from '@broadside/runtime'
import type {Command} from 'commander'
import {buildSite, type BuiltSite} from '../build/build-site.ts'
import {copyMemory} from '../build/copy-memory.ts'
import {openSource, type Source} from '../build/open-source.ts'
import {openSiteFolder} from '../build/site-folder.ts'
import type {Cli} from '../cli.ts'
import {formatDiagnostic} from '../format-diagnostic.ts'
import {createProgress} from '../progress.ts'
import {toDiagnostic} from '../to-diagnostic.ts'

type BuildFlags = {
  out: string
  url?: string
  audienceUrl?: string
  rev?: string
  asOf?: string
  like?: string
  force?: boolean
  lenient?: boolean
  imageCache?: string
  json?: boolean
}

const defaultUrl = 'http://127.0.0.1:4000/'

export function addBuild(program: Command, cli: Cli): void {
  program
    .command('build')
    .summary('write the whole site into a folder, without any server')
    .description(
      'Writes the whole site of a repository into a folder, without any server.\n\n' +
        'A post that is broken is left out (with --like: its last good version stays), the rest is written, what is ' +
        'wrong is listed with its place, and the exit code is 2 unless --lenient.',
    )
    .argument('<repo>', 'path or URL of the git repository; a plain folder is built as it is')
    .requiredOption('--out <dir>', 'folder to write into; leftovers of an earlier build there are removed')
    .option('--url <url>', `where readers will find the site (default: the site's with --like, else ${defaultUrl})`)
    .option('--audience-url <url>', 'where sign-up forms lead (default: the site’s with --like, else the URL itself)')
    .option('--rev <rev>', 'branch, tag or commit to build (default: HEAD)')
    .option('--as-of <time>', 'the moment that decides what is live (default: now; with --like that of its revision)')
    .option('--like <site>', 'take name, URLs and memory of an installed site: the bytes are those it publishes')
    .option('--force', 'write among files that no build wrote; none of them is removed')
    .option('--image-cache <dir>', 'keep smaller versions of images there, for the next build')
    .option('--lenient', 'exit with 0 although posts are broken')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n' +
        '  broadside build . --out public --url https://notes.example/\n' +
        '  broadside build ../notes --out /tmp/site --like field-notes',
    )
    .action((repo: string, flags: BuildFlags) => build(cli, repo, flags))
}

async function build(cli: Cli, repo: string, flags: BuildFlags): Promise<void> {
  const now = cli.clock.now()
  const given = flags.asOf === undefined ? undefined : readInstant(flags.asOf)
  const scratch = await mkdtemp(join(tmpdir(), 'broadside-build-'))
  const ledger = await openLedger('sqlite::memory:')
  const pool = cli.createPool({size: Math.min(availableParallelism(), 4)})
  const images = createImagePool({size: availableParallelism()})
  const progress = createProgress(cli)
  let source: Source | undefined
  try {
    source = await openSource({repo, rev: flags.rev, cwd: cli.cwd, scratch, now: given ?? now})
    for (const note of source.notes) cli.say(cli.paintSaid.dim(note))
    const {site, asOf} = await prepareLedger(cli, ledger, source, flags)
    const dir = resolve(cli.cwd, flags.out)
    const built = await buildSite({
      ledger,
      site,
      source,
      asOf: given ?? asOf ?? now,
      pool,
      images,
      scratch,
      imageCache: flags.imageCache === undefined ? join(scratch, 'images') : resolve(cli.cwd, flags.imageCache),
      openFolder: (keys) => openSiteFolder(dir, keys, {force: flags.force ?? false}),
      onProgress: progress.show,
    })
    progress.clear()
    await report(cli, ledger, {site, source, built, dir, flags, now})
  } finally {
    progress.clear()
    await pool.close()
    await images.close()
    await source?.mirror.close()
    await ledger.close()
    await rm(scratch, {recursive: true, force: true})
  }
}

/** Adds the site to the fresh ledger; `asOf` is that of the installed site's newest revision, where there is one. */
async function prepareLedger(
  cli: Cli,
  ledger: Ledger,
  source: Source,
  flags: BuildFlags,
): Promise<{site: string; asOf: number | undefined}> {
  const {like} = flags
  if (like === undefined) {
    const site_url = baseUrl(flags.url ?? defaultUrl)
    if (flags.url === undefined)
      cli.say(cli.paintSaid.dim(`no --url given: feeds and canonical links lead to ${site_url}`))
    const urls = {site_url, audience_url: baseUrl(flags.audienceUrl ?? site_url)}
    const row = {name: source.name, remote: '', branch: 'main', ...urls}
    await ensureSite(ledger.db, row, {id: source.name, now: 0})
    return {site: source.name, asOf: undefined}
  }
  return cli.withLedger(async (installed) => {
    const site = await findSite(installed.db, like)
    await copyMemory(installed.db, ledger, like)
    const urls: Partial<SitesTable> = {}
    if (flags.url !== undefined) urls.site_url = baseUrl(flags.url)
    if (flags.audienceUrl !== undefined) urls.audience_url = baseUrl(flags.audienceUrl)
    if (Object.keys(urls).length > 0) {
      await ledger.db.updateTable('sites').set(urls).where('name', '=', site.name).execute()
    }
    const newest = await newestOfBranch(installed.db, like)
    if (newest?.commit_id === source.commit) return {site: like, asOf: newest.as_of}
    const which = newest === undefined ? '' : ` (revision ${newest.number} is ${newest.commit_id.slice(0, 8)})`
    cli.say(`${source.commit.slice(0, 8)} is not what ${like} has published${which}: built as its next revision`)
    return {site: like, asOf: undefined}
  })
}

type Report = {site: string; source: Source; built: BuiltSite; dir: string; flags: BuildFlags; now: number}

async function report(cli: Cli, ledger: Ledger, {site, source, built, dir, flags, now}: Report): Promise<void> {
  const rows = await diagnosticsOf(ledger.db, site, built.revision, 1_000)
  const diagnostics = rows.map(toDiagnostic)
  const errors = diagnostics.filter(({severity}) => severity === 'error').length
  if (errors > 0 && flags.lenient !== true) cli.exitCode = 2
  const {files, removed, summary} = built
  if (flags.json === true) {
    const {commit} = source
    await cli.write(`${JSON.stringify({site, commit, out: dir, files, removed, summary, diagnostics}, null, 2)}\n`)
    return
  }
  for (const found of diagnostics) cli.say(formatDiagnostic(found, cli.paintSaid))
  for (const {path, at} of summary.scheduled) cli.say(`${path}: scheduled for ${new Date(at).toISOString()}`)
  const took = `${((cli.clock.now() - now) / 1_000).toFixed(1)} s`
  const gone = removed === 0 ? '' : `, ${removed} removed`
  const drafts = summary.drafts === 0 ? '' : `, ${summary.drafts} ${summary.drafts === 1 ? 'draft' : 'drafts'} left out`
  const broken = errors === 0 ? '' : `, ${errors} ${errors === 1 ? 'error' : 'errors'}`
  await cli.write(`${files} files of ${site} in ${dir}${gone}${drafts}${broken} (${took})\n`)
}

function baseUrl(given: string): string {
  const url = URL.parse(given)
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new BroadsideError('invalid', 'build.url', `${JSON.stringify(given)} is no URL of a site`, {
      hint: 'Give one such as https://notes.example/',
    })
  }
  url.search = ''
  url.hash = ''
  return url.href.endsWith('/') ? url.href : `${url.href}/`
}

function readInstant(given: string): number {
  const instant = /^\d{12,}$/.test(given) ? Number(given) : parseInstant(given, 'UTC')
  if (instant !== undefined) return instant
  throw new BroadsideError('invalid', 'build.as-of', `${JSON.stringify(given)} is no moment`, {
    hint: 'Give one such as 2026-11-02T10:00:00Z; without a zone it is UTC',
  })
}
