export { thumbUrl } from "./preview/assets";
