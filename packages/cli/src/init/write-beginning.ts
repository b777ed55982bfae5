import {mkdir, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {settingsFile, type ForeignSettings} from '@broadside/convert'
import {localDay} from '@broadside/site'
import {zonedDate} from '../posts/zoned-date.ts'
import {ciFile, type CiSystem} from './ci-file.ts'

export type Beginning = {settings: ForeignSettings; ci: CiSystem | undefined; now: number; isNew: boolean}

const ignored = '# What is built, and what systems and editors leave behind.\n/public/\n.DS_Store\nThumbs.db\n*.swp\n'
const about = '---\ntitle: About\n---\n\nWho writes here, and what about. This page is `pages/about.md`.\n'

/** Writes what every site's repository begins with, and for a new one its settings, a first post and a page. */
export async function writeBeginning(dir: string, {settings, ci, now, isNew}: Beginning): Promise<void> {
  const files = new Map<string, string>([['.gitignore', ignored]])
  if (isNew) {
    const timezone = settings.timezone ?? 'UTC'
    const navigation = [
      {label: 'Posts', url: '/archive/'},
      {label: 'About', url: '/about/'},
    ]
    const {text} = settingsFile({...settings, timezone, navigation})
    files.set('broadside.yaml', text)
    files.set(`posts/${localDay(now, timezone)}-hello.md`, hello(zonedDate(now, timezone)))
    files.set('pages/about.md', about)
  }
  if (ci !== undefined) {
    const {path, text} = await ciFile(ci)
    files.set(path, text)
  }
  for (const [path, text] of files) {
    await mkdir(dirname(join(dir, path)), {recursive: true})
    await writeFile(join(dir, path), text, {flag: 'wx'})
  }
}

function hello(date: string): string {
  return [
    '---',
    'title: Hello',
    `date: ${date}`,
    '---',
    '',
    'The first post. It is a file of Markdown; the page, the feeds and the mail are made of it when it is pushed.',
    '',
  ].join('\n')
}
