import {expect, test} from 'vitest'
import {cardOrder, cardText, type CardFacts} from './card-facts.ts'

test.each([
  ['Half past two', 'Half past two'],
  ['Launch 🚀 day 👩‍🚀, for ❤️', 'Launch day , for'],
  ['Über  Größe,\nΕλληνικά, Русский, Tiếng Việt — “so” €5', 'Über Größe, Ελληνικά, Русский, Tiếng Việt — “so” €5'],
  ['Cafe\u0301 © 2026', 'Café © 2026'],
  ['A title that is far too long', 'A title that is far…'],
  ['Donaudampfschifffahrtsgesellschaft', 'Donaudampfschifffahr…'],
  ['كيف تُدار قاعدة', 'كيف تدار قاعدة'],
  ['לָמָּה בחרנו ב־SQLite', 'למה בחרנו ב־SQLite'],
  ['١٠٬٠٠٠ מה', undefined],
  ['תמיד 24/7', undefined],
  ['現場からのメモ', undefined],
  ['Notes from 現場', undefined],
])('%s stands on a card as %s', (text, shown) => {
  expect(cardText(text, text.startsWith('A title') || text.startsWith('Donau') ? 20 : 100)).toBe(shown)
})

test('a card is named by all that goes into it', () => {
  const facts: CardFacts = {
    title: 'Ink',
    site: 'Notes',
    by: 'Desk',
    date: 'November 2, 2026',
    paper: '#fff',
    ink: '#000',
    muted: '#555',
    line: '#ccc',
    accent: '#0a5',
  }
  expect(cardOrder({...facts})).toEqual(cardOrder(facts))
  const others = Object.keys(facts).map((key) => cardOrder({...facts, [key]: '#123'}).source)
  expect(new Set([cardOrder(facts).source, ...others]).size).toBe(others.length + 1)
})
