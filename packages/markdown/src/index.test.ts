import {expect, test} from 'vitest'
import * as markdown from './index.ts'
import * as pool from './pool/index.ts'

test('the package offers these names and no others', () => {
  expect(Object.keys(markdown).sort()).toEqual([
    'codeClasses',
    'describeLostAnchor',
    'fragmentKey',
    'joinFragment',
    'leadsTo',
    'lintMarkdown',
    'markdownWords',
    'pipelineVersion',
    'renderFragment',
  ])
  expect(Object.keys(pool)).toEqual(['createRenderPool'])
})
