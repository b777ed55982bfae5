import {expect, test} from 'vitest'
import * as content from './index.ts'

test('exports these names', () => {
  expect(Object.keys(content).toSorted()).toMatchInlineSnapshot(`
    [
      "bodyBelow",
      "checkAddress",
      "checkSlug",
      "defaultSettings",
      "derivePostId",
      "feedUrn",
      "foldKey",
      "formatPlace",
      "frontMatterKeys",
      "isReservedAddress",
      "isSafePath",
      "isTimezone",
      "kindOfPath",
      "nearestWord",
      "nextChangeAt",
      "parseInstant",
      "parsePage",
      "parsePost",
      "parseRedirects",
      "parseSettings",
      "readFrontMatter",
      "slugify",
      "statusAt",
    ]
  `)
})
