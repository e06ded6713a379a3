// The query editor of YASGUI, for editor.js to put into the page.
import Yasqe from "@zazuko/yasqe";

window.Yasqe = Yasqe;
