"""Small LAS files of the shapes that come from the field."""

WELL = """\
~Version Information
 VERS.            1.2 : CWLS LOG ASCII STANDARD - VERSION 1.2
 WRAP.             NO : One line per depth step
~Well Information Block
#MNEM.UNIT       DATA TYPE    INFORMATION
 STRT.M        2000.0000 :
 STOP.M        1999.0000 :
 STEP.M          -0.2500 :
 NULL.         -999.2500 :
 COMP.           COMPANY : HERON PETROLEUM LTD.
 WELL.              WELL : HERON 7
 LIC .           LICENCE : 0012345
 SRVC.   SERVICE COMPANY : DEEP LOGGING INC.
 DATE.          LOG DATE : 3-MAR-1991
 UWI .    UNIQUE WELL ID : {uwi}
~Curve Information
 DEPT.M        :  1  DEPTH
 GR  .GAPI     :  2  GAMMA RAY
 DT  .US/M     :  3  SONIC
 ILD .OHMM     :  4  DEEP RESISTIVITY
 XTRA.FURLONG  :  5  UNKNOWN UNIT
~Parameter Information
 BS  .MM       215.9000 : BIT SIZE
~Special Information
 RMF .OHMM     0.2160   : MUD FILTRATE
~Other
   Tools were stuck
~A  DEPTH  GR  DT  ILD  XTRA
"""
ROWS = """\
2000.000  55.1  250.0   2.5  1
1999.750  60.2  251.0  -999.25  2
1999.500  -999.2500  252.0  3.5  3
1999.250  70.4  253.0  4.0  4
1999.000  75.5  254.0  4.5  5
"""


def las_12(uwi: str = "05001095820000", rows: str = ROWS) -> str:
    return WELL.format(uwi=uwi) + rows


LAS_20_WRAPPED = """\
~V
VERS.   2.0 : CWLS LOG ASCII STANDARD - VERSION 2.0
WRAP.   YES : Multiple lines per depth step
~W
STRT.FT  100.0 : START
STOP.FT  101.0 : STOP
STEP.FT    0.5 : STEP
NULL.    -9999 : NULL
~C
DEPT.FT        : Depth
GR.GAPI        : Gamma ray
GR.GAPI        : Gamma ray, repeated
NPHI.V/V       : Neutron porosity
~A
100.0
 50.0  51.0
 0.25
100.5
 52.0  53.0
 -9999
101.0
 54.0  55.0
 0.27
"""

LAS_30 = """\
~Version
VERS.    3.0 : CWLS LOG ASCII STANDARD - VERSION 3.0
WRAP.     NO : ONE LINE PER DEPTH STEP
DLM .  COMMA : DELIMITER
~Well
STRT.M  500.0 : First
STOP.M  501.0 : Last
STEP.M    0.5 : Step
NULL. -999.25 : Null
API . 0500109582 : API NUMBER
~Log_Parameter
RUN[1].  1 : Run
~Log_Definition
DEPT  .M   : DEPTH        {F}
ROP   .M/HR: PENETRATION  {F}
LITH  .    : LITHOLOGY    {S}
NMR[1].MS  : ECHO         {AF;0ms}
NMR[2].MS  : ECHO         {AF;5ms}
~Core_Definition
CORET .M   : Core top     {F}
~Core_Data[1] | Core_Definition
545.50
~Log_Data | Log_Definition
500.0,12.5,"SAND, FINE",1,2
500.5,13.5,,3,4
501.0,(null),SHALE,5,6
"""
