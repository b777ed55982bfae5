export {wireStandalone, type Parts, type Standalone} from './start-standalone.ts'
