// Runs every test; see harness.mjs. The Go test TestBrowser starts it, with the sites to visit and the browser to use.

import './journey.mjs';
import './composing.mjs';
import './keyboard.mjs';
import './noscript.mjs';
import './axe.mjs';
import './network.mjs';
import './large.mjs';
import './speed.mjs';
import './widget.mjs';
import './hostile.mjs';
import { run } from './harness.mjs';

await run();
