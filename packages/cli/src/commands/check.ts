import {availableParallelism} from 'node:os'
import type {Diagnostic} from '@broadside/content'
import {Option, type Command} from 'commander'
import {cacheFileFor, openCheckCache} from '../check/check-cache.ts'
import {checkSite, type CheckedSite} from '../check/check-site.ts'
import {codeFrame} from '../check/code-frame.ts'
import {findSiteRoot} from '../check/site-root.ts'
import {toAnnotation} from '../check/to-annotation.ts'
import {toSarif} from '../check/to-sarif.ts'
import {readWorkingTree, type WorkingTree} from '../check/working-tree.ts'
import type {Cli} from '../cli.ts'
import {formatDiagnostic} from '../format-diagnostic.ts'
import {createProgress} from '../progress.ts'

type CheckFlags = {
  strict?: boolean
  external?: boolean
  cache: boolean
  json?: boolean
  sarif?: boolean
  github?: boolean
}

const external = {limit: 500, timeoutMs: 10_000, pauseMs: 250}
const maxWorkers = 4

export function addCheck(program: Command, cli: Cli): void {
  program
    .command('check')
    .summary('look for mistakes in a site as it lies in its folder')
    .description(
      'Looks for mistakes in a site as it lies in its folder, what is not committed included, without any server: ' +
        'front matter and dates, addresses and ids that are taken, links and parts of texts that are not there, images ' +
        'without alternative text, the order of headings, HTML that will be removed, mails that Gmail cuts off, and TK ' +
        'where something is still to come.\n\n' +
        'Ends with 2 when there is an error, which would keep a file from being published. What was looked at once is ' +
        'remembered in the cache folder of the operating system.',
    )
    .argument('[path]', 'folder of the site, or what of it to tell about', '.')
    .option('--strict', 'end with 2 for warnings too')
    .option('--external', `ask where links out of the site lead, at most ${external.limit} of them, gently`)
    .option('--no-cache', 'look at everything anew, and remember nothing')
    .addOption(new Option('--json', 'print it as JSON').conflicts(['sarif', 'github']))
    .addOption(new Option('--sarif', 'print it as SARIF 2.1.0, for code scanning').conflicts('github'))
    .option('--github', 'print it as annotations of a GitHub workflow')
    .addHelpText(
      'after',
      '\nExamples:\n  broadside check\n  broadside check posts/when-nats.md --strict\n  broadside check --sarif > check.sarif',
    )
    .action((path: string, flags: CheckFlags) => check(cli, path, flags))
}

async function check(cli: Cli, path: string, flags: CheckFlags): Promise<void> {
  const {root, part} = findSiteRoot(cli.cwd, path)
  const tree = await readWorkingTree(root)
  const progress = createProgress(cli)
  const checked = await checkSite({
    tree,
    cache: flags.cache ? await openCheckCache(cacheFileFor(root, cli.env)) : undefined,
    workers: Math.min(availableParallelism(), maxWorkers),
    createPool: cli.createPool,
    onProgress: (done, total) => progress.show('looking at', done, total),
    now: cli.clock.now(),
    external: flags.external === true ? external : undefined,
  })
  progress.clear()
  const isMeant = ({file}: Diagnostic) => part === '' || file === part || file.startsWith(`${part}/`)
  const diagnostics = checked.diagnostics.filter(isMeant)
  const errors = diagnostics.filter(({severity}) => severity === 'error').length
  const warnings = diagnostics.length - errors
  if (errors > 0 || (flags.strict === true && warnings > 0)) cli.exitCode = 2
  if (flags.json === true) return cli.write(`${JSON.stringify({errors, warnings, diagnostics}, null, 2)}\n`)
  if (flags.sarif === true) return cli.write(`${JSON.stringify(toSarif(diagnostics), null, 2)}\n`)
  if (flags.github === true) return cli.write(diagnostics.map((found) => `${toAnnotation(found)}\n`).join(''))
  await show(cli, tree, {...checked, diagnostics}, {errors, warnings})
}

async function show(
  cli: Cli,
  tree: WorkingTree,
  {documents, diagnostics}: CheckedSite,
  {errors, warnings}: {errors: number; warnings: number},
): Promise<void> {
  const texts = new Map<string, string>()
  for (const found of diagnostics) {
    if (!texts.has(found.file)) texts.set(found.file, await textOf(tree, found.file))
    const frame = codeFrame(texts.get(found.file) ?? '', found, cli.paint)
    await cli.write(`${formatDiagnostic(found, cli.paint)} ${cli.paint.dim(`(${found.code})`)}\n${frame}`)
  }
  const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? '' : 's'}`
  const verdict =
    diagnostics.length === 0 ? 'nothing to put right' : `${counted(errors, 'error')}, ${counted(warnings, 'warning')}`
  await cli.write(`${verdict} in ${counted(documents, 'file')}\n`)
}

/** A file that was refused, and is a link or too large, is not shown. */
async function textOf({files, read}: WorkingTree, path: string): Promise<string> {
  return files.some((file) => file.path === path) ? Buffer.from(await read(path)).toString('utf8') : ''
}
