import {expect, test} from 'vitest'
import * as site from './index.ts'

test('exports these names', () => {
  expect(Object.keys(site).toSorted()).toMatchInlineSnapshot(`
    [
      "addressOf",
      "affectedOutputs",
      "allOutputs",
      "brokenLinks",
      "brokenRedirects",
      "buildOutput",
      "buildSearchIndex",
      "buildSearchSegment",
      "contentAt",
      "createArrayView",
      "createSuggester",
      "createUrls",
      "diffViews",
      "existsAt",
      "goneAt",
      "imagePlaces",
      "isReserved",
      "keepNearbyPosts",
      "keyOf",
      "linkTargets",
      "linksToCheck",
      "livePage",
      "livePost",
      "localDay",
      "mailImageSizes",
      "normaliseAddress",
      "pageAddress",
      "placeOf",
      "postAddress",
      "renderBody",
      "resolveRef",
      "searchFile",
      "searchPeriods",
      "specOf",
      "termKey",
      "termsOf",
      "themeOf",
      "touchedPeriods",
      "waveOf",
    ]
  `)
})
