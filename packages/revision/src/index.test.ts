import {expect, test} from 'vitest'
import * as revision from './index.ts'

test('exports these names', () => {
  expect(Object.keys(revision).toSorted()).toMatchInlineSnapshot(`
    [
      "acceptRevision",
      "checkLinks",
      "decideMailing",
      "decideMailings",
      "formatAnswer",
      "formatChanges",
      "judgeImage",
      "markdownOptions",
      "maxAssetBytes",
      "maxSourceBytes",
      "placeImages",
      "pushPageUrl",
      "renderRevision",
      "rollBack",
      "sameName",
      "seedPreview",
      "sha256",
      "tellAccepted",
      "tellFeedIds",
      "themeProblem",
      "togetherKey",
      "unpinSite",
    ]
  `)
})
