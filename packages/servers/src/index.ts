export type {OnProgress, RunningServer, ServerExit, ServerName, ServerProgram, StartOptions} from './server.ts'
