import {mkdir, readFile, writeFile} from 'node:fs/promises'
import {dirname, join} from 'node:path'

const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

/**
 * Writes a site or export of another tool, which a fixture holds as one text, into a folder. Gives the addresses at
 * which the tool published it: the lines before the first file. `@png` stands for the smallest of images.
 */
export async function writeForeignSite(tool: string, dir: string): Promise<string[]> {
  const text = await readFile(new URL(`../../convert/fixtures/${tool}.txt`, import.meta.url), 'utf8')
  const [addresses = '', ...files] = text.split(/^-- (?=.+ --$)/m)
  for (const file of files) {
    const [, path = '', content = ''] = /^(.+) --\n([\s\S]*)$/.exec(file) ?? []
    await mkdir(dirname(join(dir, path)), {recursive: true})
    await writeFile(join(dir, path), content === '@png\n' ? png : content)
  }
  return addresses.trim().split('\n')
}
