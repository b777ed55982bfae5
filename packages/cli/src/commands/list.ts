import type {Status} from '@broadside/content'
import {Argument, Option, type Command} from 'commander'
import {findSiteRoot} from '../check/site-root.ts'
import {readWorkingTree} from '../check/working-tree.ts'
import type {Cli} from '../cli.ts'
import {formatTable} from '../format-table.ts'
import {readPosts, type PostFile} from '../posts/read-posts.ts'

const statuses = {drafts: 'draft', scheduled: 'scheduled', published: 'live', expired: 'expired'} as const
type What = keyof typeof statuses

export function addList(program: Command, cli: Cli): void {
  program
    .command('list')
    .summary('list the drafts, or what is scheduled, published or expired')
    .description(
      'Lists posts by what they are now, from the files of a site as they lie in its folder: what is scheduled with ' +
        'the next first, what is published with the newest first.',
    )
    .addArgument(new Argument('<what>', 'which posts').choices(Object.keys(statuses)))
    .argument('[path]', 'folder of the site', '.')
    .addOption(new Option('--json', 'print them as JSON'))
    .addHelpText('after', '\nExamples:\n  broadside list drafts\n  broadside list scheduled --json')
    .action((what: What, path: string, flags: {json?: boolean}) => list(cli, what, path, flags))
}

async function list(cli: Cli, what: What, path: string, {json}: {json?: boolean}): Promise<void> {
  const {root} = findSiteRoot(cli.cwd, path)
  const {posts, broken} = await readPosts(await readWorkingTree(root), cli.clock.now())
  const found = posts.filter(({status}) => status.is === statuses[what]).toSorted(orderOf(statuses[what]))
  if (broken.length > 0) {
    const files = broken.length === 1 ? 'post cannot' : 'posts cannot'
    cli.say(`${broken.length} ${files} be read; broadside check tells why`)
  }
  if (json === true) return cli.write(`${JSON.stringify(found.map(toJson), null, 2)}\n`)
  if (found.length === 0) cli.say(`nothing is ${what === 'drafts' ? 'a draft' : what}`)
  await cli.write(formatTable(found.map((post) => [momentOf(post), post.path, post.meta.title])))
}

function orderOf(status: Status['is']): (a: PostFile, b: PostFile) => number {
  const byPath = (a: PostFile, b: PostFile) => (a.path < b.path ? -1 : 1)
  if (status === 'draft') return byPath
  const direction = status === 'scheduled' ? 1 : -1
  return (a, b) => direction * (a.date - b.date) || byPath(a, b)
}

/** When it appears, appeared or expired; a draft has no moment that matters yet. */
function momentOf({status, date}: PostFile): string {
  if (status.is === 'draft') return 'draft'
  return new Date(status.is === 'expired' ? status.at : date).toISOString().replace(/:\d\d\.\d{3}Z$/, 'Z')
}

function toJson({path, address, meta, date, status}: PostFile) {
  return {
    path,
    address,
    title: meta.title,
    status: status.is,
    date: new Date(date).toISOString(),
    ...(meta.expires === undefined ? {} : {expires: new Date(meta.expires).toISOString()}),
    tags: meta.tags,
  }
}
