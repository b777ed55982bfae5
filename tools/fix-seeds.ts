import fc from 'fast-check'
import {seedFor, testSize} from '@broadside/testkit/test-size'

// Loaded before each test file, so that a property which names neither count nor seed has those of this run.
fc.configureGlobal({seed: seedFor('any property'), numRuns: testSize('any property')})
