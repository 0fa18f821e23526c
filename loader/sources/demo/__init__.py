"""The demo account: a shop's account on the platform, made up, as files in the platform's export format.

It is a function of its number of contacts, days, seed, cadence and end. People sign up, get broadcasts and the
messages of four workflows (welcome, abandoned cart, after a purchase, win-back) in all nine channels, and open, click,
leave or complain, each at a rate of their own. Orders follow the MBG/NBD process with `PURCHASE_PARAMETERS`: the days
with a valid order are exactly that process; cancelled orders, carts and second orders of a day come on top. All
addresses are under reserved domains, all phone numbers begin with a 0 that no operator gives out.

A contact gets about three broadcasts a month, two of them e-mails; the cadence multiplies them and leaves alone who
signs up and who orders when. Chances to open, click and leave are per message: at a cadence of 7 a contact gets about
four broadcasts a week, and 28 % of the mailing list leave in five years (7 % at 1).

It has the mess that real exports have; an account of 300 contacts and 120 days already shows all of it:

- rows that stand twice in one file, or in two; rows of a day that come one instalment late (activities, events);
- versions of one order in two files: its status, its total, its lines and its revenue rows change;
- older instalments with the old column names (activity, started, errorCode), one with both, newer ones with the new
  names and the columns that came with them;
- contacts that share an e-mail address, addresses in odd cases or with spaces, phone numbers in several spellings;
- activities, orders and devices of contacts that were deleted, devices of no contact, orders of no contact but with
  an e-mail address, events of nobody known, activities without a message instance, revenue rows without an order
  number;
- media types and order statuses in several spellings, statuses of activities and orders that nobody documents;
- opens and clicks by machines, deliveries that bounce later, opens of mails whose delivery was never reported.

Every value has the type that the contract gives its column, so a load rejects nothing. `city`, `loyaltyLevel`,
`birthday` and `shoeSize` are additional contact fields, which the contract does not know.
"""

from loader.sources.demo.export import export_demo
from loader.sources.demo.purchases import PURCHASE_PARAMETERS
from loader.sources.demo.settings import DemoSettings

__all__ = ["PURCHASE_PARAMETERS", "DemoSettings", "export_demo"]
