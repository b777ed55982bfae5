import {readdir, writeFile} from 'node:fs/promises'
import {basename, relative, resolve} from 'node:path'
import {
  convertSite,
  foreignTools,
  formatConversion,
  formatNote,
  summaryOf,
  type Conversion,
  type ForeignTool,
} from '@broadside/convert'
import {BroadsideError} from '@broadside/runtime'
import {Option, type Command} from 'commander'
import type {Cli} from '../cli.ts'
import {beginGit} from '../init/begin-git.ts'
import {refuseBadSettings} from '../init/refuse-bad-settings.ts'
import {writeBeginning} from '../init/write-beginning.ts'
import {ciSystems, type CiSystem} from '../init/ci-file.ts'

type InitFlags = {
  from?: ForeignTool
  url?: string
  title?: string
  language?: string
  timezone?: string
  ci?: CiSystem
  report?: string
  git: boolean
  json?: boolean
}

/** Notes that are shown without being asked for; the report has all of them. */
const notesShown = 20

export function addInit(program: Command, cli: Cli): void {
  program
    .command('init')
    .summary('begin a site, or bring one from another tool')
    .description(
      'Makes the repository of a new site in an empty folder: settings, a first post, a page about it.\n\n' +
        'With --from it brings a site or an export of another tool there: front matter, addresses, ids of feeds, tags, ' +
        'authors, drafts and images come along, HTML becomes Markdown. What was guessed and what was left is told, place ' +
        'by place. The old site is read and never changed, and nothing is fetched.',
    )
    .argument(
      '[paths...]',
      'the folder to make (default: this one); with --from first what to bring: a folder, file or zip',
    )
    .addOption(new Option('--from <tool>', 'bring what this tool has').choices(foreignTools))
    .option('--url <url>', 'address of the old site, where the export does not say it; ids of feeds hang on it')
    .option('--title <title>', 'title of the site')
    .option('--language <tag>', 'its language, such as en or pt-BR')
    .option('--timezone <name>', 'the time zone of dates that name none, such as Europe/Lisbon')
    .addOption(new Option('--ci <forge>', 'add a workflow that checks each pull request').choices(ciSystems))
    .option('--report <file>', 'write all that was guessed and left into a file; JSON if its name ends so')
    .option('--no-git', 'begin no git repository')
    .option('--json', 'print the outcome as JSON')
    .addHelpText(
      'after',
      '\nExamples:\n  broadside init notes --title "Notes from the field" --timezone Europe/Lisbon\n' +
        '  broadside init --from jekyll ../old-blog notes --report ../report.md\n' +
        '  broadside init --from substack export.zip notes --url https://notes.substack.com/',
    )
    .action((paths: string[], flags: InitFlags) => init(cli, paths, flags))
}

async function init(cli: Cli, paths: string[], flags: InitFlags): Promise<void> {
  const source = flags.from === undefined ? undefined : paths[0]
  const [given = '.', ...more] = flags.from === undefined ? paths : paths.slice(1)
  if (more.length > 0 || (flags.from !== undefined && source === undefined)) {
    throw new BroadsideError(
      'invalid',
      'init.paths',
      flags.from === undefined ? 'more than one folder is named' : 'nothing to bring is named',
      {
        hint: 'Write broadside init [DIR], or broadside init --from TOOL PATH [DIR]',
      },
    )
  }
  const dir = resolve(cli.cwd, given)
  const hasGit = await refuseUnlessEmpty(dir)
  const {title, language, timezone} = flags
  const asked = Object.fromEntries(
    Object.entries({title, language, timezone}).filter(([, value]) => value !== undefined),
  )
  refuseBadSettings(asked)
  const done =
    flags.from === undefined || source === undefined
      ? undefined
      : await convertSite({
          tool: flags.from,
          from: resolve(cli.cwd, source),
          dir,
          url: flags.url,
          defaults: {title: basename(dir), ...asked},
        })
  await writeBeginning(dir, {
    settings: {title: basename(dir), ...asked},
    ci: flags.ci,
    now: cli.clock.now(),
    isNew: done === undefined,
  })
  const commit = flags.git ? await beginGit(dir, {hasGit, env: cli.env}) : undefined
  if (done !== undefined && flags.report !== undefined) {
    const text = flags.report.endsWith('.json') ? `${JSON.stringify(done, null, 2)}\n` : formatConversion(done)
    await writeFile(resolve(cli.cwd, flags.report), text)
  }
  const place = relative(cli.cwd, dir) || '.'
  if (flags.json === true)
    return cli.write(`${JSON.stringify({dir, committed: commit === 'committed', ...done}, null, 2)}\n`)
  if (done !== undefined) tell(cli, done, flags)
  const unsaved = commit === 'uncommitted' ? '; git knows no author yet, so nothing is committed' : ''
  await cli.write(`${done === undefined ? 'a new site' : summaryOf(done)} in ${place}${unsaved}\n`)
  cli.say(cli.paintSaid.dim(`next: broadside check ${place}, then broadside build ${place} --out public`))
}

function tell(cli: Cli, {notes}: Conversion, {report}: InitFlags): void {
  const order = ['broken', 'left', 'guessed']
  const sorted = notes.toSorted((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
  for (const note of sorted.slice(0, notesShown)) cli.say(`${note.kind}: ${formatNote(note)}`)
  const rest = notes.length - notesShown
  if (rest > 0)
    cli.say(`and ${rest} more; ${report === undefined ? '--report FILE writes all of them' : `all are in ${report}`}`)
}

/** A folder that does not exist yet is empty, and so is one with nothing but a fresh repository. */
async function refuseUnlessEmpty(dir: string): Promise<boolean> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return []
    throw new BroadsideError('invalid', 'init.not-empty', `${dir} is no folder`, {
      hint: 'Name one that does not exist yet',
      cause: error,
    })
  })
  const others = names.filter((name) => name !== '.git')
  if (others.length === 0) return names.length > 0
  throw new BroadsideError(
    'invalid',
    'init.not-empty',
    `${dir} holds ${others.length === 1 ? others[0] : `${others.length} files and folders`} already`,
    {
      hint: 'Name a folder that is empty or does not exist yet; for a post of a site that is there, use broadside new',
    },
  )
}
