# Whoever signed in is the one author: upstream itself compares only the envelope's sender with who signed in, and readers see the author.
require ["envelope", "reject", "relational", "comparator-i;ascii-numeric", "variables"];

if anyof (
  not address :is :all "from" "${envelope.from}",
  not address :count "eq" :comparator "i;ascii-numeric" "from" "1"
) {
  reject "550 5.7.1 The author must be who signed in.";
}
