// Marks this browser as one that goes on without an app, by both marks that releases of Element know, and goes back. Where neither counts, the second visit stays here.
const mark = "skip_mobile_redirect";
if (sessionStorage.getItem(mark) === null) {
  sessionStorage.setItem(mark, "true");
  document.cookie = "element_mobile_redirect_to_guide=false; path=/; max-age=14400; secure; samesite=strict";
  location.replace("/");
}
