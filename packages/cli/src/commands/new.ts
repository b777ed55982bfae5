import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join, relative} from 'node:path'
import {checkSlug} from '@broadside/content'
import {BroadsideError} from '@broadside/runtime'
import {localDay, postAddress} from '@broadside/site'
import type {Command} from 'commander'
import {findSiteRoot} from '../check/site-root.ts'
import {readWorkingTree} from '../check/working-tree.ts'
import type {Cli} from '../cli.ts'
import {readPosts} from '../posts/read-posts.ts'
import {zonedDate} from '../posts/zoned-date.ts'

type NewFlags = {tags?: string; folder?: boolean; ready?: boolean; in: string}

export function addNew(program: Command, cli: Cli): void {
  program
    .command('new')
    .summary('begin a post')
    .description(
      'Writes the file of a new post and prints its path: a slug from the title, the date in the site’s time zone, and ' +
        'a draft, since a mail cannot be taken back. Nothing is overwritten, nothing is asked and nothing is opened.',
    )
    .argument('<title>', 'title of the post')
    .option('--tags <list>', 'tags, with commas between')
    .option('--folder', 'make a folder with index.md, for a post with images beside it')
    .option('--ready', 'no draft: the next push publishes it')
    .option('--in <path>', 'folder of the site', '.')
    .addHelpText(
      'after',
      '\nExamples:\n  broadside new "When NATS, when Kafka"\n  broadside new "Retry budgets" --tags queues,design --folder',
    )
    .action((title: string, flags: NewFlags) => begin(cli, title, flags))
}

async function begin(cli: Cli, given: string, flags: NewFlags): Promise<void> {
  const title = given.replaceAll(/[\p{Cc}\s]+/gu, ' ').trim()
  const checked = checkSlug(title.replaceAll(/[/\\%]/g, ' '))
  if ('problem' in checked) {
    throw new BroadsideError('invalid', 'new.title', `the title ${JSON.stringify(title)} ${checked.problem}`, {
      hint: 'Give one with a letter or a digit, and of a length for an address',
    })
  }
  const {slug} = checked
  const {root} = findSiteRoot(cli.cwd, flags.in)
  const now = cli.clock.now()
  const {settings, posts} = await readPosts(await readWorkingTree(root), now)
  const day = localDay(now, settings.timezone)
  const address = postAddress(settings.permalink, {slug}, day)
  const holder = posts.find((post) => post.address === address)
  const name = `posts/${day}-${slug}`
  const path = flags.folder === true ? `${name}/index.md` : `${name}.md`
  if (holder !== undefined) throw taken(`${holder.path} already has the address ${address}`)

  const tags = (flags.tags ?? '').split(',').flatMap((tag) => (tag.trim() === '' ? [] : [JSON.stringify(tag.trim())]))
  const lines = [
    '---',
    `title: ${JSON.stringify(title)}`,
    `date: ${zonedDate(now, settings.timezone)}`,
    ...(tags.length === 0 ? [] : [`tags: [${tags.join(', ')}]`]),
    ...(flags.ready === true ? [] : ['draft: true']),
    '---',
    '',
    '',
  ]
  const file = join(root, path)
  await mkdir(dirname(file), {recursive: true})
  await writeFile(file, lines.join('\n'), {flag: 'wx'}).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EEXIST') throw taken(`${path} is there already`)
    throw error
  })
  await cli.write(`${relative(cli.cwd, file)}\n`)
}

function taken(message: string): BroadsideError {
  return new BroadsideError('invalid', 'new.exists', message, {hint: 'Choose another title, or go on with that post'})
}
