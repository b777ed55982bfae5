import {readFile} from 'node:fs/promises'
import {join, relative, resolve} from 'node:path'
import {
  defaultSettings,
  kindOfPath,
  parsePage,
  parsePost,
  parseSettings,
  type Diagnostic,
  type SiteSettings,
} from '@broadside/content'
import {joinFragment, type Variant} from '@broadside/markdown'
import {markdownOptions} from '@broadside/revision'
import {BroadsideError} from '@broadside/runtime'
import {Option, type Command} from 'commander'
import {findSiteRoot} from '../check/site-root.ts'
import type {Cli} from '../cli.ts'
import {formatDiagnostic} from '../format-diagnostic.ts'

type RenderFlags = {as: Variant; json?: boolean}

const budgetMs = 5_000

export function addRender(program: Command, cli: Cli): void {
  program
    .command('render')
    .summary('print the HTML of one Markdown file')
    .description(
      'Prints the HTML of a post or page as it stands in the site, its feeds or its mail, without the frame around it. ' +
        'Relative links and images stay as they are written. Settings are those of the broadside.yaml above the file, if ' +
        'there is one. What an author should know goes to stderr.',
    )
    .argument('<file>', 'Markdown file with front matter')
    .addOption(new Option('--as <place>', 'where it is shown').choices(['web', 'feed', 'mail']).default('web'))
    .option('--json', 'print front matter, HTML and diagnostics as JSON')
    .addHelpText('after', '\nExample:\n  broadside render posts/when-nats.md --as mail')
    .action((file: string, flags: RenderFlags) => render(cli, file, flags))
}

async function render(cli: Cli, given: string, {as, json}: RenderFlags): Promise<void> {
  const path = resolve(cli.cwd, given)
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new BroadsideError('invalid', 'render.file', `cannot read ${path}`, {cause})
  })
  const file = relative(cli.cwd, path)
  const {root, part} = findSiteRoot(cli.cwd, given)
  const found: Diagnostic[] = []
  const settings = await settingsOf(cli, root, found)
  const parse = kindOfPath(part) === 'page' ? parsePage : parsePost
  const {post, diagnostics} = parse({file, bytes, settings})
  found.push(...diagnostics)
  let html: string | undefined
  if (post !== undefined) {
    const pool = cli.createPool({size: 1, budgetMs})
    try {
      const markdown = markdownOptions(settings, post.meta.language)
      const rendered = await pool.render({source: post.body, file, bodyLine: post.bodyLine, markdown})
      if (rendered.ok) html = joinFragment(rendered.fragment, ({url}) => url, as)
      found.push(...(rendered.ok ? rendered.fragment.diagnostics : [rendered.diagnostic]))
    } finally {
      await pool.close()
    }
  }
  if (html === undefined) cli.exitCode = 2
  if (json === true) {
    await cli.write(`${JSON.stringify({file, meta: post?.meta, html, diagnostics: found}, null, 2)}\n`)
    return
  }
  for (const diagnostic of found) cli.say(formatDiagnostic(diagnostic, cli.paintSaid))
  if (html !== undefined) await cli.write(html.endsWith('\n') ? html : `${html}\n`)
}

/** Those of the site that the file lies in; defaults where there is none, or where its settings cannot be read. */
async function settingsOf(cli: Cli, root: string, found: Diagnostic[]): Promise<SiteSettings> {
  const path = join(root, 'broadside.yaml')
  const bytes = await readFile(path).catch(() => undefined)
  if (bytes === undefined) return defaultSettings('site')
  const {settings, diagnostics} = parseSettings(relative(cli.cwd, path), bytes, 'site')
  found.push(...diagnostics)
  return settings ?? defaultSettings('site')
}
