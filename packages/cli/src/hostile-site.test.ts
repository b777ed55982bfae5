import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createRepo} from '@broadside/testkit'
import {attacks, openHostilePage} from '@broadside/testkit/browser'
import {expect, onTestFinished, test} from 'vitest'
import {runCli} from './test-cli.ts'

const picture = '<img src=x onerror=alert(1)>'
const script = '</title></script></style></textarea>]]>--><script>alert(1)</script>'
const quoted = `"onmouseover="alert(1)" x='`
const liquid = "{{ '<script>alert(1)</script>' }}{% raw %}"
const each = [picture, script, quoted, liquid]
const yaml = (value: unknown) => JSON.stringify(value)

/** A site whose author is hostile wherever an author may write something. */
function hostileFiles(): Record<string, string> {
  const files: Record<string, string> = {
    'broadside.yaml': [
      `title: ${yaml(`Site ${each.join(' ')}`)}`,
      `tagline: ${yaml(each.join(' '))}`,
      `description: ${yaml(each.join(' '))}`,
      `authors: {eve: {name: ${yaml(each.join(' '))}, role: ${yaml(script)}, url: ${yaml(`https://page.test/${quoted}`)}}}`,
      `navigation: [{label: ${yaml(each.join(' '))}, url: ${yaml(`/${quoted.replaceAll(' ', '')}/`)}}]`,
      'markdown: {math: true, smartPunctuation: true}',
    ].join('\n'),
    'pages/about.md': `---\ntitle: ${yaml(each.join(' '))}\ndescription: ${yaml(each.join(' '))}\n---\n\n${picture}\n`,
    'posts/all.md': `---\ntitle: All\ndate: 2026-01-01\nauthors: [eve]\n---\n\n${attacks.join('\n\n')}\n`,
  }
  each.forEach((text, at) => {
    const meta = {
      title: text,
      description: text,
      date: `2026-02-0${at + 1}`,
      tags: [text, `t${at}`],
      series: text,
      slug: `hostile-${at}`,
    }
    files[`posts/${at} ${text.replaceAll('/', '')}.md`] = `---\n${Object.entries({
      ...meta,
      authors: ['eve', text],
      imageAlt: text,
    })
      .map(([key, value]) => `${key}: ${yaml(value)}`)
      .join('\n')}\n---\n\n${text}\n\n# ${text}\n\n![${quoted}](${at}.png)\n`
  })
  return files
}

test('no title, tag, name, description or file name does anything on any page or in any feed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'broadside-hostile-'))
  const browser = await openHostilePage()
  onTestFinished(async () => {
    await browser.close()
    await rm(root, {recursive: true, force: true})
  })
  const repo = await createRepo(join(root, 'site'))
  await repo.write(hostileFiles())
  await repo.commit()
  const out = join(root, 'out')
  const {err} = await runCli(['build', repo.dir, '--out', out, '--url', 'https://page.test/'])

  expect(err).not.toMatch(/: error: |\.md error: |broadside\.yaml/)

  const files = (await readdir(out, {recursive: true})).filter((name) => /\.(?:html|xml)$/.test(name))
  const pages = await Promise.all(files.map(async (name) => [name, await readFile(join(out, name), 'utf8')] as const))
  // Each of the texts stands on a page of its own and in the lists: nothing was refused and so left untried.
  for (const word of ['onerror', 'alert(1)', 'onmouseover'])
    expect(pages.filter(([, html]) => html.includes(word)).length).toBeGreaterThan(8)
  const harm: unknown[] = []
  for (const [name, html] of pages) {
    const found = await browser.try(html, name.endsWith('.xml') ? 'text/xml' : 'text/html')
    if (found.length > 0) harm.push({name, found})
  }
  expect(harm).toEqual([])

  const [, home] = pages.find(([name]) => name === 'index.html')!
  expect(await browser.try(home.replace('</body>', `${picture}</body>`))).toEqual(['alert() ran'])
}, 300_000)
