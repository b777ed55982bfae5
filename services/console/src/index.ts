export {checkExposure} from './check-exposure.ts'
export {consoleConfig} from './config.ts'
export {createConsole, type ConsoleDeps, type ConsoleOptions} from './create-console.ts'
