export type {Bus, BusOptions, ConsumeOptions, HandleEvents, ReceivedEvent} from './bus.ts'
export {createBus} from './create-bus.ts'
export {inspectBus, type BusReport} from './inspect-bus.ts'
