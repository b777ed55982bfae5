import type {Element, Parents} from 'hast'
import {escapeAttribute} from '../escape-html.ts'
import type {Inserts} from '../inserts.ts'
import type {MarkdownWords} from '../markdown-words.ts'

/** Names the box of a task for screen readers. Feed readers and mail programs take forms out: they get a character. */
export function labelTask(box: Element, index: number, parent: Parents, words: MarkdownWords, inserts: Inserts): void {
  if (box.properties.type !== 'checkbox') return
  const done = box.properties.checked === true
  const label = escapeAttribute(done ? words.taskDone : words.taskOpen)
  const web = `<input type="checkbox"${done ? ' checked' : ''} disabled aria-label="${label}">`
  parent.children[index] = inserts.add(web, done ? '☑' : '☐')
}
